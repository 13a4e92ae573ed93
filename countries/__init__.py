"""The partners: countries and the work calendar."""

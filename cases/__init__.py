"""The work: cooperation requests and the workflow that routes them through the tiers."""

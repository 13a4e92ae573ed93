"""催办 and 督办: one agency reminds another one below it, or orders it to act and to report. docs/decisions/0021."""

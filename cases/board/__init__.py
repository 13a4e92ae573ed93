"""What supervisors see: figures kept in small tables, folded once a minute, and the ledger of a set of cases."""

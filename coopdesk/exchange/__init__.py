"""A country's ledger and treaties in one signed file: written (`writing`), compared with ours (`comparing`), taken over (`taking`)."""

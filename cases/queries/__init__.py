"""What pages and the API read. Every case row comes through cases.policies; nothing here writes."""

"""A country's ledger as one signed file, for networks that are not connected (docs/decisions/0028).

`seal` signs and opens a file, `told` reads what it says of a row, `shelves` are the rows of this room; coopdesk/exchange.py
puts them together with those of the treaties.
"""

"""Our record with a country: what was sent and received, what became of it, and how long answers take. Counted once a week
over the whole country by the worker (refresh.py), read by every officer (reading.py)."""

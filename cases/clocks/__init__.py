"""The engine of the clocks: which limit holds, when it is over, what starts and stops it. Nothing else writes `due_at`."""

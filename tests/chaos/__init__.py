"""Everything that can go wrong, at once, and money all the same: `python -m tests.chaos`, which is what `make chaos` runs."""

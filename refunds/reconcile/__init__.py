"""Comparing what we believe with what providers and banks say: by the hour, by night, after a restore, and day by day in money."""

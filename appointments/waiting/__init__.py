"""The waiting list: who waits for what, whose turn it is, and what became of an offer."""

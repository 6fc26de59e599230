"""The day board: which times the doctors of a centre offer on a day, and who has each. Read-only."""

"""Deeds against the rules that need a second person: what they are worth, and how a request for one ends."""

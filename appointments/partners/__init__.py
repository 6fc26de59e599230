"""Booking platforms: their keys, what they may see, and the answers they were given."""

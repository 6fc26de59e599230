"""API v1 for booking platforms and apps."""

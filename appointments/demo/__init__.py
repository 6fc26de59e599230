"""Believable data for a first look, made through the use cases. No real person, clinic, phone or address is meant."""

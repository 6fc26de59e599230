"""Requests for an exception after the deadline, and the documents that come with them."""

"""Reminders: before a moment costs money, and of the visit."""

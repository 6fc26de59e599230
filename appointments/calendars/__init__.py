"""Appointments in people's calendars: the file, the invitation in a mail, the private address."""

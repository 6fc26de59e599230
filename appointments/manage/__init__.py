"""Managing one booking without an account: by a link from a mail or by its reference, and always with a second step."""

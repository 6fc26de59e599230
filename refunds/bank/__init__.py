"""Bank transfers: the patient's details, the link to give them by, and the files that banks read."""

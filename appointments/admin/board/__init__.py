"""The day board of the desk."""

"""Lists of the admin as files: what stands in them, and how they are written."""

"""What pages show, ready to be put into templates."""

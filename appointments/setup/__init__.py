"""What a new centre still lacks."""

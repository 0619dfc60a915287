"""What portrayal adds to the pilot data."""

"""What a running service tells of itself, and the look after statements that do not end."""

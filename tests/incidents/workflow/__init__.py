"""Steps of the work."""

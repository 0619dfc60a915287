"""What everybody sees: the tracking page, the map, the open data, following by e-mail. Nothing personal is in any of it."""

"""Who is asking: sessions for people, tokens for GIS clients, signed passes for the hot path."""

"""OGC API - Features Part 4: writing features."""

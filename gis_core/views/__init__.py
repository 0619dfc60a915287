"""Pages of the platform itself: tokens, health."""

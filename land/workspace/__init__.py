"""The officers' workspace at `/land/`: its pages, and the drawings that only they need."""

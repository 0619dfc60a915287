"""Self-made files, good, bad and hostile, each with the result that it must have."""

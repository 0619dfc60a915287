"""Load in the open loop."""

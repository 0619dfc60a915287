"""Analyses: typed jobs over layers, run in the background, looked at on the map before they are kept, and run again."""

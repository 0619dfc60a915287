"""What a feature is, what filters can ask about and compute, and what features can be sorted by."""

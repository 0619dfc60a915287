"""Demo incidents: three months of field reports along the streets of the pilot town."""

"""The pilot town: what is drawn, and how it is loaded."""

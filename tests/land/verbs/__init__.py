"""Each verb, from the draft to the map."""

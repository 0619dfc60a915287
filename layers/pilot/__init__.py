"""Demo rows of the themes (roads, places, water) and the demo stewardship of the layers."""

"""Photos: where files lie, the confined child that reads them, how they are taken in and drawn anew."""

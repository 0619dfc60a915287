"""Files of parcels on their way into the register and out of it."""

"""Parcels out of the register, as files: whoever may see a parcel may carry it away, holders only with the right to them."""

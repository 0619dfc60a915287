"""Demo parcels: the blocks of the pilot town divided into lots, with land uses, sheets, numbers and addresses."""

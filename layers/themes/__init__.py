"""The themes of the operations centre, one file each: a table and the layer over it."""

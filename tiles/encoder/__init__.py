"""From features on the world grid to the bytes of a vector tile, compiled and in plain numpy, byte for byte the same."""

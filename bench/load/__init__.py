"""`bin/load`: a province's hour at half its size in the open loop, then three times as much (docs/load.md)."""

"""Low zooms: counters, unit totals and dissolved blocks instead of single features (docs/adr/0009)."""

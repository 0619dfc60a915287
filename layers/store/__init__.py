"""The feature store: layers as columns in memory, patched by the change log, asked by tiles, counts and summaries (docs/adr/0007)."""

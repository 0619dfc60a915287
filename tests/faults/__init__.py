"""Everything breaks once: each fault is injected while clients work, and its promise is held against what they were told."""

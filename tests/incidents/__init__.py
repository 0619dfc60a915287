"""Field reports: workflow, board, public pages, other programs."""

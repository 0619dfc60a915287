"""Work in the background: jobs, their progress, their end."""

"""Live updates: server-sent events of what changed, to each client only what its scope may know."""

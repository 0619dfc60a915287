"""Reports: what leaders read. HTML that opens from a file, PDF, and the data beside it."""

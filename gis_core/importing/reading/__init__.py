"""Inside the reading child: a file opened by its one driver, its coordinate system known, its rows checked and typed."""

"""What is printed: sheets of paper in the service's own fonts."""

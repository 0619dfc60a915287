"""An application of a version to come."""

"""The definition of the API (OpenAPI 3.0), made from the catalogue for the caller."""

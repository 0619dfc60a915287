"""The only writers of the cadastre. `publish` is the door; nothing else in the project writes parcels, rights or certificates."""

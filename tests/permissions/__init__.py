"""The proof of permissions: random histories of rows and grants, all channels compared after each step."""

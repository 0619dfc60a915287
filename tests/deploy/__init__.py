"""What is deployed: nginx in front, nodes of their own, a standby database."""

"""What a serving process owes its callers: places, a pulse of the database, replicas, the age of backups."""

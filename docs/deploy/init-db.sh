#!/usr/bin/env bash
# First start of the database container: the service's roles, extensions and rights, and the replica's login.
set -euo pipefail

# password_in URL: postgis://role:password@host/…
password_in() { sed -E 's|^[a-z]+://[^:]+:([^@]+)@.*|\1|' "$1"; }

IOC_OWNER_PASSWORD=$(password_in /run/secrets/database_url_owner)
IOC_APP_PASSWORD=$(password_in /run/secrets/database_url_app)
IOC_REPLICA_PASSWORD=$(<"/run/secrets/replica_password")
export IOC_OWNER_PASSWORD IOC_APP_PASSWORD IOC_REPLICA_PASSWORD

as_admin() { psql --no-psqlrc --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" "$@"; }

as_admin --dbname=postgres --file=/ioc-map/roles.sql
as_admin --dbname=ioc --file=/ioc-map/database.sql
as_admin --dbname=ioc <<'SQL'
\getenv replica_password IOC_REPLICA_PASSWORD
ALTER DATABASE ioc OWNER TO ioc_owner;
REVOKE CONNECT, TEMPORARY ON DATABASE ioc FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE ioc TO ioc_owner, ioc_app;
CREATE ROLE ioc_replica LOGIN REPLICATION PASSWORD :'replica_password';
SQL
printf 'host replication ioc_replica all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"

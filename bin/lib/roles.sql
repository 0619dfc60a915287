-- Roles of the service, once for a cluster. Passwords come from the environment: an argument could be seen by others.
--   ioc_owner  owns the database: migrations and commands of an administrator
--   ioc_app    the web and worker processes: rows only, no DDL, every statement bounded
\set ON_ERROR_STOP on
\getenv owner_password IOC_OWNER_PASSWORD
\getenv app_password IOC_APP_PASSWORD
SELECT format('CREATE ROLE %I', name) FROM unnest(ARRAY['ioc_owner', 'ioc_app']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

ALTER ROLE ioc_owner LOGIN NOSUPERUSER NOCREATEROLE PASSWORD :'owner_password';
ALTER ROLE ioc_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'app_password';
GRANT ioc_app TO ioc_owner; -- so that an owner's session can SET ROLE to see what the service may do

ALTER ROLE ioc_owner SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE ioc_app SET idle_in_transaction_session_timeout = '60s';
-- A net below what each request path sets for itself.
ALTER ROLE ioc_app SET statement_timeout = '30s';
ALTER ROLE ioc_app SET lock_timeout = '5s';
ALTER ROLE ioc_app SET temp_file_limit = '2GB';

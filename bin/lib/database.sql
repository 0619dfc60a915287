-- Extensions and rights of one database, given by a superuser so that the service's roles need not be one.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO ioc_owner;
GRANT USAGE ON SCHEMA public TO ioc_app;
-- A migration adds the VN-2000 zones that PostGIS does not bring.
GRANT SELECT, INSERT, UPDATE ON spatial_ref_sys TO ioc_owner;
GRANT SELECT ON spatial_ref_sys TO ioc_app;
ALTER DEFAULT PRIVILEGES FOR ROLE ioc_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ioc_app;
ALTER DEFAULT PRIVILEGES FOR ROLE ioc_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO ioc_app;

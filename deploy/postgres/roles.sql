-- Roles, database and rights of Coopdesk, for psql as a superuser; safe to run again (it sets the passwords anew).
--
--   psql -v migrate_password=… -v app_password=… -v worker_password=… -f roles.sql
--
-- The cluster must have been made with --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C.UTF-8, otherwise
-- the search in Chinese has no index. Afterwards: MIGRATE_DATABASE_URL is coopdesk_migrate's, DATABASE_URL is
-- coopdesk_app's, WORKER_DATABASE_URL is coopdesk_worker's.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'coopdesk_owner') THEN CREATE ROLE coopdesk_owner NOLOGIN; END IF; END $$;
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'coopdesk_migrate') THEN CREATE ROLE coopdesk_migrate LOGIN; END IF; END $$;
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'coopdesk_app') THEN CREATE ROLE coopdesk_app LOGIN; END IF; END $$;
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'coopdesk_worker') THEN CREATE ROLE coopdesk_worker LOGIN; END IF; END $$;
ALTER ROLE coopdesk_owner NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOLOGIN BYPASSRLS;
ALTER ROLE coopdesk_migrate NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION LOGIN NOBYPASSRLS PASSWORD :'migrate_password';
ALTER ROLE coopdesk_app NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION LOGIN NOBYPASSRLS PASSWORD :'app_password';
ALTER ROLE coopdesk_worker NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION LOGIN NOBYPASSRLS PASSWORD :'worker_password';
GRANT coopdesk_owner TO coopdesk_migrate;
GRANT coopdesk_app TO coopdesk_worker WITH INHERIT FALSE, SET TRUE;
ALTER ROLE coopdesk_app SET statement_timeout = '30s';
ALTER ROLE coopdesk_app SET idle_in_transaction_session_timeout = '5min';
SELECT 'CREATE DATABASE coopdesk OWNER coopdesk_owner TEMPLATE template0' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'coopdesk') \gexec
\connect coopdesk
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
DO $$ BEGIN EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()); EXECUTE format('GRANT CONNECT ON DATABASE %I TO coopdesk_migrate, coopdesk_app, coopdesk_worker', current_database()); END $$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO coopdesk_owner;
GRANT USAGE ON SCHEMA public TO coopdesk_app, coopdesk_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE coopdesk_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO coopdesk_app, coopdesk_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE coopdesk_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO coopdesk_app, coopdesk_worker;

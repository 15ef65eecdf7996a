-- The two roles, run by PostgreSQL's superuser (psql -v app=wealthai -v owner=wealthai_owner): one owns
-- the tables and migrates, the other is the application. Safe to run again.
SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY[:'app', :'owner']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

ALTER ROLE :"app" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
-- CREATEDB: `verify_backup` restores into a database of its own.
ALTER ROLE :"owner" LOGIN NOSUPERUSER CREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;

-- What the application may do in its database, said anew after each migration (psql -v app=wealthai
-- -v owner=wealthai_owner): rows, and of evidence only new rows. No table, index or function is its own.
BEGIN;
REVOKE CREATE ON SCHEMA public FROM PUBLIC, :"app";
GRANT USAGE ON SCHEMA public TO :"app";
SELECT format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()) \gexec
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"app";
GRANT SELECT, USAGE ON ALL SEQUENCES IN SCHEMA public TO :"app";
-- A table that a migration has just made serves at once, before these lines run again.
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"app";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT SELECT, USAGE ON SEQUENCES TO :"app";

REVOKE TRUNCATE, REFERENCES, TRIGGER ON ALL TABLES IN SCHEMA public FROM :"app";
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM :"app";
SELECT format('REVOKE UPDATE, DELETE ON %s FROM %I', tgrelid::regclass, :'app')
FROM pg_trigger WHERE tgname = 'written_once' \gexec
COMMIT;

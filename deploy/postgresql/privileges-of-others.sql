-- The statements that give sister systems what they may do here (psql -v app=wealthai
-- -v owner=wealthai_owner): a restore leaves them out. docs/operations.md has the line that runs them.
SELECT format('GRANT %s ON %s %s TO %I;', privilege_type,
    CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, pg_class.oid::regclass, rolname)
FROM pg_class, aclexplode(relacl) JOIN pg_roles ON pg_roles.oid = grantee AND NOT rolsuper
WHERE relnamespace = 'public'::regnamespace AND rolname NOT IN (:'app', :'owner')
UNION ALL
SELECT format('GRANT %s (%I) ON TABLE %s TO %I;', privilege_type, attname, attrelid::regclass, rolname)
FROM pg_attribute, aclexplode(attacl) JOIN pg_roles ON pg_roles.oid = grantee AND NOT rolsuper
WHERE rolname NOT IN (:'app', :'owner')
UNION ALL  -- of the database that they are run in: the one that they are read from has another name
SELECT format($$SELECT format('GRANT %s ON DATABASE %%I TO %I', current_database()) \gexec$$,
    privilege_type, rolname)
FROM pg_database, aclexplode(datacl) JOIN pg_roles ON pg_roles.oid = grantee AND NOT rolsuper
WHERE datname = current_database() AND rolname NOT IN (:'app', :'owner') ORDER BY 1;

-- Names what is not as privileges.sql says (psql -v app=wealthai); no row means that all is.
WITH tables AS (
    SELECT oid, relowner,
        oid = 'django_migrations'::regclass AS is_read_only,
        EXISTS (SELECT FROM pg_trigger WHERE tgrelid = pg_class.oid AND tgname = 'written_once')
            AS is_evidence
    FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
)
SELECT oid::regclass::text FROM tables
WHERE pg_has_role(:'app', relowner, 'MEMBER')
    OR has_table_privilege(:'app', oid, 'TRUNCATE, REFERENCES, TRIGGER')
    OR NOT has_table_privilege(:'app', oid, 'SELECT')
    OR has_table_privilege(:'app', oid, 'INSERT') = is_read_only
    OR has_table_privilege(:'app', oid, 'UPDATE') = (is_read_only OR is_evidence)
    OR has_table_privilege(:'app', oid, 'DELETE') = (is_read_only OR is_evidence)
UNION ALL
SELECT seqrelid::regclass::text FROM pg_sequence
WHERE NOT has_sequence_privilege(:'app', seqrelid, 'USAGE')
UNION ALL
SELECT 'CREATE ON SCHEMA public' WHERE has_schema_privilege(:'app', 'public', 'CREATE')
UNION ALL
SELECT 'TEMPORARY ON DATABASE' WHERE has_database_privilege(:'app', current_database(), 'TEMPORARY');

-- get_schema_version: the number of the last migration that was applied.
--
-- Returns one row; an error on a database that `migrate` has never seen (check_database tells).
--   version  int
select coalesce(max(schema_migrations.version), 0)::int as version
from schema_migrations;

-- check_database: what a server needs to know of the database before it serves.
--
-- Returns one row.
--   server_version  int      of PostgreSQL, 150000 for 15.0
--   migrated        boolean  whether `migrate` has run here
select
    current_setting('server_version_num')::int as server_version,
    to_regclass('applied_functions') is not null as migrated;

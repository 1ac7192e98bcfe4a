-- get_wal_position: the position of the write-ahead log of a server: written, or on a standby replayed.
--
-- Looks into the tables of lists, so that it fails where lists would: without a schema, or without the right to read it.
-- Returns one row.
--   position  bigint?  a standby that has replayed up to it has every commit before it
--   standby   boolean
--   cluster   text     the same on a primary and its standbys
--   database  text     the same on a primary and its standbys, and another for each database of them
--   started   text     when the server was started: no two servers have the same
select
    (
        case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end
        - '0/0'::pg_lsn
    )::bigint as position,
    pg_is_in_recovery() as standby,
    (select control.system_identifier::text from pg_control_system() as control) as cluster,
    (select own.oid::text from pg_database as own where own.datname = current_database()) as database,
    pg_postmaster_start_time()::text as started
where not exists (select from kinds, resource_counts, resources where resources.id is null);

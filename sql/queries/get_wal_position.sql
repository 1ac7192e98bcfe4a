-- get_wal_position: how far the write-ahead log of a server has come: written, or on a standby replayed.
--
-- Returns one row.
--   position  bigint   whatever was committed before it was written is on the standby that has replayed as far
--   standby   boolean
--   cluster   text     the same on a primary and its standbys
--   started   text     when the server was started: no two servers have the same
--   migrated  boolean  whether `migrate` has come here
select
    (
        case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end
        - '0/0'::pg_lsn
    )::bigint as position,
    pg_is_in_recovery() as standby,
    (select control.system_identifier::text from pg_control_system() as control) as cluster,
    pg_postmaster_start_time()::text as started,
    to_regclass('applied_functions') is not null as migrated;

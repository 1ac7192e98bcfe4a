-- lock_migrations: tries to take the lock that only one `migrate` holds at a time, until the transaction ends.
--
-- It is asked for again and again rather than waited for: a waiting session would hold a snapshot, which
-- `create index concurrently` waits for in turn.
-- Returns one row.
--   locked  boolean
select pg_try_advisory_xact_lock(hashtext('hyperfleet-api migrate')) as locked;

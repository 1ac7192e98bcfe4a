-- change_writers: the transactions that have written entries of the feed, or are about to, and have not ended.
--
-- p_among  only those of these; null: all
create or replace function change_writers(p_among text[]) returns text[]
language sql volatile as $$
    select array(
        select distinct lock.virtualtransaction
        from pg_locks as lock
        where lock.locktype = 'relation'
            and lock.relation = 'changes'::regclass
            and lock.database = (select base.oid from pg_database as base where base.datname = current_database())
            and lock.mode = 'RowExclusiveLock'
            and lock.granted
            and (p_among is null or lock.virtualtransaction = any (p_among))
    )
$$;

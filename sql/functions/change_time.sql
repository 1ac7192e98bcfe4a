-- change_time: the time of a change to a resource, always after its last one.
--
-- The clock is read after the lock, by whoever calls this; now() would be the start of a transaction
-- that may have waited, and updated_time could run backwards.
create or replace function change_time(p_resource resources) returns timestamptz
language sql volatile as $$
    select greatest(clock_timestamp(), p_resource.updated_time + interval '1 microsecond')
$$;

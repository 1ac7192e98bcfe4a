-- change_time: the time of a change to a resource, always after its last one.
--
-- p_updated_time  the time of its last change
-- Callers must hold the lock, so that the clock is read after it; now() would be the start of a transaction
-- that may have waited, and updated_time could run backwards.
create or replace function change_time(p_updated_time timestamptz) returns timestamptz
language sql volatile as $$
    select greatest(clock_timestamp(), p_updated_time + interval '1 microsecond')
$$;

-- batch_lock: the first key of a set of advisory locks of batches (lock_for_batch).
--
-- p_set  its name
create or replace function batch_lock(p_set text) returns int
language sql immutable parallel safe as $$
    select hashtext('hyperfleet batch ' || p_set)
$$;

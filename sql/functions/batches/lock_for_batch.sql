-- lock_for_batch: takes the locks of all writes of a batch before the first of them, in the order of the locks of single writes: parents
-- before children and by id within a level (lock_tree, lock_targets), each as strong as the strongest write needs it. Then no write of the
-- batch waits for a lock out of order, and two batches over the same resources wait for one another instead of deadlocking.
--
-- p_writes   [{verb, id, owner_id, references, kind, name}]: verb is create, update, delete, force-delete or report; id the resource; of a
--            create owner_id the parent, kind and name; references the ids of the targets that a create or an update sets. Ids need
--            not exist
-- p_tenancy  the caller's tenancy (within_tenancy): no other resource is locked, except targets that a resource has already
-- Before the resources, the batch takes rows of its own in resource_counts (count_slot); after them, in one order, the names that it takes
-- or frees, since a create waits for another transaction that has the name.
-- Where resources are marked for deletion meanwhile, the locks are given back and taken once more: each time there are fewer left to be marked.
-- Refuses: HF503 as require_read_committed; 40001 that was so 100 times.
create or replace function lock_for_batch(p_writes jsonb, p_tenancy jsonb) returns void
language plpgsql as $$
declare
    v_slot int := 0;
begin
    perform require_read_committed();
    perform enter_tenancy(p_tenancy);
    while not pg_try_advisory_xact_lock(batch_lock('slots'), v_slot) loop
        v_slot := v_slot + 1;
    end loop;
    perform set_config('hyperfleet.batch_slot', v_slot::text, true);
    for v_try in 1 .. 100 loop
        begin
            perform try_lock_for_batch(p_writes, p_tenancy);
            return;
        exception when serialization_failure then
            if v_try = 100 then
                raise;
            end if;
        end;
    end loop;
end;
$$;

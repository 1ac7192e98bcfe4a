-- lock_targets: locks the targets of references together with the resource that refers to them, so that no target is marked for
-- deletion before the transaction ends.
--
-- p_references  as in given_references
-- p_source_id   the resource that is changed, null when it is being created
-- p_owner_id    the parent of a resource that is being created, else null
-- p_tenancy     the caller's tenancy (within_tenancy): no other resource is locked, except
--               targets that the resource has already
-- A share lock, and not `for key share`, which does not hold off a mark. The order is that of lock_tree, parents before
-- children and by id within a level, so that no two transactions wait for each other.
create or replace function lock_targets(p_references jsonb, p_source_id uuid, p_owner_id uuid, p_tenancy jsonb) returns void
language plpgsql as $$
declare
    -- An array, so that they are looked up by their key: of an `or` with a subquery PostgreSQL would read the whole table.
    v_ids uuid[] := array[p_source_id, p_owner_id]
        || array(select as_uuid(given.id) from given_references(p_references) as given);
    v_own uuid[] := own_targets(p_source_id);
    v_id uuid;
begin
    perform require_read_committed();
    for v_id in
        select resource.id
        from resources as resource
        where resource.id = any (v_ids) and (within_tenancy(resource.tenancy, p_tenancy) or resource.id = any (v_own))
        order by (select count(*) from ancestors(resource.id)), resource.id
    loop
        if v_id = p_source_id then
            perform from resources as resource where resource.id = v_id for no key update;
        else
            perform from resources as resource where resource.id = v_id for share;
        end if;
    end loop;
end;
$$;

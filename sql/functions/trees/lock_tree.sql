-- lock_tree: locks a resource for a change that may also reach its ancestors and descendants: its ancestors from the root
-- on, then the resource, then its descendants level by level, by id within a level. Every path locks in this order, so
-- there is no deadlock; and none can add a child, since that needs a share lock on the parent.
--
-- p_kind, p_id  the resource; p_owner_id its parent in a nested path, null in a flat one
-- p_tenancy     the caller's tenancy (within_tenancy)
-- Returns the resource as it is under the locks; HF404 when it is not there.
create or replace function lock_tree(p_kind text, p_owner_id text, p_id text, p_tenancy jsonb) returns resources
language plpgsql as $$
declare
    v_resource resources := find_resource(p_kind, p_owner_id, p_id, p_tenancy);
    v_kinds text[] := array[v_resource.kind];
    v_ids uuid[] := array[v_resource.id];
begin
    perform lock_ancestors(v_resource);
    v_resource := lock_resource(v_resource.kind, null, v_resource.id::text, p_tenancy);
    loop
        -- The kinds say how deep there can be anything: thousands of leaves are not looked below.
        v_kinds := array(select kinds.kind from kinds where kinds.parent_kind = any (v_kinds));
        exit when cardinality(v_kinds) = 0;
        v_ids := array(
            select child.id
            from resources as child
            where child.owner_id = any (v_ids)
            order by child.id
            for no key update
        );
    end loop;
    return v_resource;
end;
$$;

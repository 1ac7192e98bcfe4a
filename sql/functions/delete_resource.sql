-- delete_resource: marks a resource and all its children for deletion.
--
-- p_kind, p_id  the resource; p_owner_id  its parent in a nested path, null in a flat one
-- p_caller      who is written down as deleted_by
-- p_if_match    the header If-Match, null when there is none
-- Returns the marked resource, also when nothing held it and it went at once (a kind without required
-- adapters). Repeated, it changes nothing. Refuses: HF404, HF412.
create or replace function delete_resource(
    p_kind text,
    p_owner_id text,
    p_id text,
    p_caller text,
    p_if_match text
) returns resources
language plpgsql as $$
declare
    v_resource resources := lock_family(p_kind, p_owner_id, p_id);
    v_child resources;
begin
    perform check_tag(v_resource, p_if_match);
    if v_resource.deleted_time is not null then
        return v_resource;
    end if;

    v_resource := mark_resource(v_resource, p_caller);
    for v_child in
        select child.* from resources as child where child.owner_id = v_resource.id order by child.id
    loop
        perform remove_finalized(mark_resource(v_child, p_caller));
    end loop;
    -- The last child takes its parent with it; where there was none, the resource may go by itself.
    perform remove_finalized(v_resource);
    return v_resource;
end;
$$;

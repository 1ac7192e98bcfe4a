-- find_parent: the id of the parent that a nested path names, HF404 when it is not there; null for a flat path.
--
-- p_parent_kind  its kind, as the server has it: the kind of the children need not be in the database
-- p_parent_id    its id as the path names it, null in a flat path
-- p_tenancy      the caller's tenancy (within_tenancy)
create or replace function find_parent(p_parent_kind text, p_parent_id text, p_tenancy jsonb) returns uuid
language plpgsql stable as $$
begin
    if p_parent_id is null then
        return null;
    end if;
    return (find_resource(p_parent_kind, null, p_parent_id, p_tenancy)).id;
end;
$$;

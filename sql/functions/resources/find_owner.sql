-- find_owner: the id of the parent that a nested path of a kind names, HF404 when it is not there;
-- null for a flat path.
create or replace function find_owner(p_kind text, p_owner_id text) returns uuid
language plpgsql stable as $$
begin
    if p_owner_id is null then
        return null;
    end if;
    return (
        find_resource((select kinds.parent_kind from kinds where kinds.kind = p_kind), null, p_owner_id)
    ).id;
end;
$$;

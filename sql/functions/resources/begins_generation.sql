-- begins_generation: whether a change of a resource begins a new generation: one of the spec or the references does, and one of
-- the labels where the kind says `generation_on: any`.
create or replace function begins_generation(p_before resources, p_after resources) returns boolean
language plpgsql stable as $$
begin
    if p_after.spec <> p_before.spec or p_after.refs is distinct from p_before.refs then
        return true;
    end if;
    return p_after.labels <> p_before.labels
        and (select kinds.generation_on = 'any' from kinds where kinds.kind = p_after.kind);
end;
$$;

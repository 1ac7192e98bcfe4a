-- own_targets: the targets of the references of a resource, of all types.
--
-- p_source_id  the resource; null: none
create or replace function own_targets(p_source_id uuid) returns uuid[]
language plpgsql stable as $$
begin
    return array(
        select reference.target_id from resource_references as reference where reference.source_id = p_source_id
    );
end;
$$;

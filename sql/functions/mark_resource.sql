-- mark_resource: marks a resource for deletion, which begins a new generation; updated_by stays.
--
-- Requires the lock on the resource. Returns the resource as it is afterwards; a marked one is unchanged.
create or replace function mark_resource(p_resource resources, p_caller text) returns resources
language plpgsql as $$
begin
    if p_resource.deleted_time is not null then
        return p_resource;
    end if;
    p_resource.updated_time := change_time(p_resource);
    p_resource.deleted_time := p_resource.updated_time;
    p_resource.deleted_by := p_caller;
    p_resource.generation := p_resource.generation + 1;
    p_resource.generation_time := p_resource.updated_time;
    p_resource.conditions := current_conditions(p_resource);
    return write_resource(p_resource);
end;
$$;

-- archive_generation: keeps the state of a resource that begins its next generation.
--
-- p_resource  the resource as it was
-- Requires the lock on the resource.
create or replace function archive_generation(p_resource resources) returns void
language plpgsql as $$
begin
    insert into generations (
        resource_id, kind, owner_id, tenancy, first_generation, generation, generation_time, labels, spec, refs
    )
    values (
        p_resource.id, p_resource.kind, p_resource.owner_id, p_resource.tenancy,
        p_resource.generation, p_resource.generation, p_resource.generation_time,
        p_resource.labels, p_resource.spec, p_resource.refs
    );
end;
$$;

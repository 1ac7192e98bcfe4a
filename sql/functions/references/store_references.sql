-- store_references: brings the rows of resource_references in line with the references of a resource that is not marked for
-- deletion.
--
-- p_id    the resource; p_refs  its references (normalized_refs)
-- Requires the locks on the resource and on the targets.
create or replace function store_references(p_id uuid, p_refs jsonb) returns void
language plpgsql as $$
begin
    delete from resource_references as stored
    where stored.source_id = p_id
        and not exists (
            select
            from given_references(p_refs) as given
            where given.ref_type = stored.ref_type and given.id::uuid = stored.target_id
        );
    insert into resource_references (source_id, ref_type, target_id, held_id)
    select p_id, given.ref_type, given.id::uuid, given.id::uuid
    from given_references(p_refs) as given
    on conflict do nothing;
end;
$$;

-- remove_resources: deletes the records of resources, with their reports. The only function that does.
--
-- p_ids  the resources, with all their descendants
-- Requires the locks on the resources. Returns what was deleted.
create or replace function remove_resources(p_ids uuid[]) returns table (kind text, id uuid, owner_id uuid)
language sql as $$
    delete from resources as resource
    where resource.id = any (p_ids)
    returning resource.kind, resource.id, resource.owner_id
$$;

-- owned_resources: the children of a parent, for a search or an order among them. No child of another parent is read: the time of an
-- answer must not depend on other tenants.
--
-- p_owner_id  the id of the parent
-- The kind and the tenancy are compared by the caller. One query with `offset 0`, as tenant_resources.
create or replace function owned_resources(p_owner_id text) returns setof resources
language sql stable as $$
    select resource.*
    from resources as resource
    where resource.owner_id = as_uuid(p_owner_id)
    offset 0
$$;

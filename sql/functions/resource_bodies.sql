-- resource_bodies: the bodies (resource_body) of the resources of a kind with these ids, in this order.
--
-- A plan of its own: however its caller finds the ids, these are looked up by them, and that is planned once.
create or replace function resource_bodies(p_kind text, p_ids uuid[], p_fields text[]) returns text[]
language plpgsql stable as $$
begin
    return array(
        select resource_body(resource, own_kind, owner_kind, p_fields)
        from unnest(p_ids) with ordinality as wanted (id, position)
        inner join resources as resource on resource.id = wanted.id
        inner join kinds as own_kind on own_kind.kind = p_kind
        left join kinds as owner_kind on owner_kind.kind = own_kind.parent_kind
        order by wanted.position
    );
end;
$$;

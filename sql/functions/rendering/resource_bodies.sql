-- resource_bodies: the bodies (resource_body) of the resources of a kind with these ids, in this order, up to a number of bytes.
--
-- p_kind                 null: of any kind, which is then looked up for each
-- p_max_bytes, p_beyond  as in bounded_items
-- p_tenancy              the caller's tenancy (within_tenancy): no other resource is read
-- A plan of its own: however its caller finds the ids, these are looked up by them, and that is planned once (plan_cache_mode:
-- for fewer than ten ids PostgreSQL would plan each call, which takes longer than the bodies). The `offset 0` has each body made
-- when it is fetched, in the order of the ids: a sort would make all of them first.
create or replace function resource_bodies(
    p_kind text,
    p_ids uuid[],
    p_fields text[],
    p_max_bytes int,
    p_beyond text,
    p_tenancy jsonb
) returns text[]
language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
declare
    v_bodies cursor for
        select body.text
        from kinds as own_kind
        left join kinds as owner_kind on owner_kind.kind = own_kind.parent_kind
        cross join unnest(p_ids) as wanted (id)
        cross join lateral (
            select resource_body(scoped.resource, own_kind, owner_kind, p_fields) as text
            from scoped_resources as scoped
            where (scoped.resource).id = wanted.id and within_tenancy((scoped.resource).tenancy, p_tenancy)
            offset 0
        ) as body
        where own_kind.kind = p_kind;
    v_bodies_of_any cursor for
        select body.text
        from unnest(p_ids) as wanted (id)
        cross join lateral (
            select resource_body(scoped.resource, own_kind, owner_kind, p_fields) as text
            from scoped_resources as scoped
            inner join kinds as own_kind on own_kind.kind = (scoped.resource).kind
            left join kinds as owner_kind on owner_kind.kind = own_kind.parent_kind
            where (scoped.resource).id = wanted.id and within_tenancy((scoped.resource).tenancy, p_tenancy)
            offset 0
        ) as body;
begin
    perform enter_tenancy(p_tenancy);
    if p_kind is null then
        open v_bodies_of_any;
        return bounded_items(v_bodies_of_any, p_max_bytes, p_beyond, ', or ask for some fields only, or walk with a cursor');
    end if;
    open v_bodies;
    return bounded_items(v_bodies, p_max_bytes, p_beyond, ', or ask for some fields only, or walk with a cursor');
end;
$$;

-- As servers of the release before call it: for callers of all tenants.
create or replace function resource_bodies(
    p_kind text,
    p_ids uuid[],
    p_fields text[],
    p_max_bytes int,
    p_beyond text
) returns text[]
language sql stable as $$
    select resource_bodies(p_kind, p_ids, p_fields, p_max_bytes, p_beyond, '{}')
$$;

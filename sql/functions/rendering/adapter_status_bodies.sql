-- adapter_status_bodies: the bodies (adapter_status_body) of the reports of these adapters on a resource, in this order, up
-- to a number of bytes.
--
-- p_max_bytes, p_beyond  as in bounded_items
-- The `offset 0` and the plan_cache_mode are those of resource_bodies.
create or replace function adapter_status_bodies(
    p_resource_id uuid,
    p_adapters text[],
    p_max_bytes int,
    p_beyond text
) returns text[]
language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
declare
    v_bodies cursor for
        select body.text
        from unnest(p_adapters) as wanted (adapter)
        cross join lateral (
            select adapter_status_body(status) as text
            from adapter_statuses as status
            where status.resource_id = p_resource_id and status.adapter = wanted.adapter
            offset 0
        ) as body;
begin
    open v_bodies;
    return bounded_items(v_bodies, p_max_bytes, p_beyond, '');
end;
$$;

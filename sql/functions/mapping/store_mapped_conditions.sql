-- store_mapped_conditions: writes the results of the rules of a kind into the conditions of a resource.
--
-- p_id       the resource; nothing is done where it is gone
-- p_version  its version when the facts were read: 40001 where it has another one by now, so that the caller begins anew
-- p_results  the results, sorted by type: {type, status, reason, message} each, or {type, failed}. A condition without a
--            result goes away
-- They come behind the conditions of adapters. Returns the body of the resource and its version; no row where it is gone.
create or replace function store_mapped_conditions(p_id uuid, p_version int, p_results jsonb)
returns table (body text, version int)
language plpgsql rows 1 as $$
declare
    v_resource resources;
    v_conditions jsonb;
    v_after jsonb;
    v_mapped jsonb;
    v_own jsonb;
    v_time text;
begin
    perform require_read_committed();
    select resource.* into v_resource from resources as resource where resource.id = p_id for no key update;
    if not found then
        return;
    end if;
    if v_resource.version <> p_version then
        raise exception using
            errcode = 'serialization_failure',
            message = 'the resource was changed while its rules were evaluated';
    end if;
    v_conditions := v_resource.conditions;
    select mapped_conditions(v_conditions, kinds.condition_rules) into v_own from kinds where kinds.kind = v_resource.kind;
    select format_time(greatest(v_resource.updated_time, max(status.last_report_time)))
    into v_time
    from adapter_statuses as status
    where status.resource_id = p_id;
    select coalesce(jsonb_agg(made.condition order by made.position) filter (where made.condition is not null), '[]')
    into v_mapped
    from (
        select
            result.position,
            mapped_condition(
                condition_of(v_own, result.value ->> 'type'), result.value, v_resource.generation, v_time
            ) as condition
        from jsonb_array_elements(p_results) with ordinality as result (value, position)
    ) as made;
    if v_mapped <> v_own then
        select coalesce(jsonb_agg(stored.condition order by stored.position), '[]') || v_mapped
        into v_after
        from jsonb_array_elements(v_conditions) with ordinality as stored (condition, position)
        where not v_own @> jsonb_build_array(stored.condition);
        v_resource := save_resource(
            v_resource, v_after, 'reported', changed_conditions(v_conditions, v_after), null
        );
    end if;
    return query
    select resource_body(v_resource, own_kind, owner_kind, null), v_resource.version
    from kinds as own_kind
    left join kinds as owner_kind on owner_kind.kind = own_kind.parent_kind
    where own_kind.kind = v_resource.kind;
end;
$$;

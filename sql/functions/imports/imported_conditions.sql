-- imported_conditions: the conditions of a resource of the Go implementation in the form in which conditions are stored here, for
-- aggregate_conditions: their times are kept where their status stays the same.
--
-- p_conditions  an array of conditions with times in RFC 3339, or null. Those that have no type, status or times are left out.
-- Returns the conditions. Where there is only Ready (or Available), it stands in for Reconciled (or LastKnownReconciled).
create or replace function imported_conditions(p_conditions jsonb) returns jsonb
language sql stable parallel safe as $$
    with given as (
        select entry.value ->> 'type' as type, entry.value as condition
        from jsonb_array_elements(case jsonb_typeof(p_conditions) when 'array' then p_conditions else '[]' end) as entry (value)
        where entry.value ->> 'type' is not null
            and entry.value ->> 'status' in ('True', 'False')
            and not exists (
                select
                from unnest(array['created_time', 'last_updated_time', 'last_transition_time']) as time (name)
                where (entry.value ->> time.name) is null or (entry.value ->> time.name) !~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d'
            )
    ),
    named as (
        select given.type, given.condition from given
        union all
        select renamed.newer, given.condition
        from given
        inner join (values ('Ready', 'Reconciled'), ('Available', 'LastKnownReconciled')) as renamed (older, newer)
            on renamed.older = given.type
        where renamed.newer not in (select given.type from given)
    )
    select coalesce(
        jsonb_agg(
            jsonb_strip_nulls(jsonb_build_object(
                'type', named.type,
                'reason', named.condition -> 'reason',
                'status', named.condition -> 'status',
                'message', named.condition -> 'message',
                'created_time', format_time((named.condition ->> 'created_time')::timestamptz),
                'last_updated_time', format_time((named.condition ->> 'last_updated_time')::timestamptz),
                'observed_generation', named.condition -> 'observed_generation',
                'last_transition_time', format_time((named.condition ->> 'last_transition_time')::timestamptz)
            ))
            order by named.type collate "C"
        ),
        '[]'
    )
    from named
$$;

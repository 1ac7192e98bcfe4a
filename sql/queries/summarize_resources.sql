-- summarize_resources: how many resources there are in each state of each condition, in all and by the values of a field.
--
-- Params
--   $1 kind        text?   null: all kinds
--   $2 tenancy     jsonb?  the caller's tenancy (within_tenancy)
--   $3 tenant      text    the required dimensions of it (resources.tenant); empty for callers of all tenants
--   $4 group_by    text?   the field, as the caller has named it; null without groups
--   $5 max_groups  int     how many groups are told; the others are counted together
-- Scope, tenant, source and filter are put in as in list_resources; the group is the field as a text, compiled by search/.
-- Returns one row, of one snapshot.
--   body  text  the summary as JSON
-- Each row is read once, and counted by a hash of its states: comparing the states themselves takes longer than all else. One
-- resource stands for all with the same hash, and has the states.
with counted as materialized (
    select
        /* group: */ null::text /* :group */ as group_value,
        hash_array_extended(resource.states, 0) as states_hash,
        count(*) as total,
        min(resource.id::text collate "C") as example_id
    from /* source: */ tenant_resources($1::text, $3::text) /* :source */ as resource
    where /* scope: */ resource.kind = $1::text /* :scope */
        and /* tenant: */ resource.tenant = $3::text and resource.tenant <> '' and within_tenancy(resource.tenancy, $2::jsonb) /* :tenant */
        and /* filter: */ true /* :filter */
    group by group_value, states_hash
),
sized as (
    select counted.*, sum(counted.total) over (partition by counted.group_value) as group_total
    from counted
),
-- The place of each group: the largest first, and of equal ones by their value, resources without one last.
placed as materialized (
    select
        sized.*,
        dense_rank() over (order by sized.group_total desc, sized.group_value collate "C" nulls last) as place
    from sized
),
-- The counts of the groups that are told, and of the others as one group behind them.
told as materialized (
    select
        least(placed.place, $5::int + 1) as place,
        case when placed.place <= $5::int then placed.group_value end as group_value,
        placed.states_hash,
        sum(placed.total) as total,
        min(placed.example_id) as example_id
    from placed
    group by 1, 2, 3
),
-- By their ids: there are few.
known as materialized (
    select combined.states_hash, resource.states
    from (select told.states_hash, min(told.example_id)::uuid as id from told group by told.states_hash) as combined
    inner join resources as resource
        on resource.id = combined.id
        and ($3::text = '' or resource.tenant = $3::text)
        and within_tenancy(resource.tenancy, $2::jsonb)
),
-- Ready and Available are among the states also where conditions are not shown under these names.
shown as materialized (
    select
        known.states_hash,
        split_part(state.name, '=', 1) as type,
        split_part(state.name, '=', 2) as status
    from known
    cross join unnest(known.states) as state (name)
    where split_part(state.name, '=', 1) not in ('Ready', 'Available')
        or exists (select from kinds where kinds.older_names and ($1::text is null or kinds.kind = $1::text))
),
stated as (
    select told.place, shown.type, shown.status, sum(told.total) as total
    from told
    inner join shown on shown.states_hash = told.states_hash
    group by grouping sets ((told.place, shown.type, shown.status), (shown.type, shown.status))
),
typed as (
    select stated.place, stated.type, json_object_agg(stated.status, stated.total order by stated.status) as statuses
    from stated
    group by stated.place, stated.type
),
-- The conditions of each group, and those of all without a place.
conditions as materialized (
    select typed.place, json_object_agg(typed.type, typed.statuses order by typed.type) as counts
    from typed
    group by typed.place
),
grouped as (
    select told.place, told.group_value, sum(told.total) as total
    from told
    group by told.place, told.group_value
),
described as (
    select
        grouped.place,
        json_build_object(
            'value', grouped.group_value,
            'total', grouped.total,
            'conditions', coalesce(conditions.counts, '{}')
        ) as group_body
    from grouped
    left join conditions on conditions.place = grouped.place
)
select json_strip_nulls(
    json_build_object(
        'kind', 'Summary',
        'group_by', $4::text,
        'total', (select coalesce(sum(told.total), 0) from told),
        'conditions', coalesce((select conditions.counts from conditions where conditions.place is null), '{}'),
        'groups', case when $4::text is not null then coalesce(
            (
                select json_agg(described.group_body order by described.place)
                from described
                where described.place <= $5::int
            ),
            '[]'
        ) end,
        'others', (
            select json_build_object(
                'groups', (select max(placed.place) - $5::int from placed),
                'total', grouped.total,
                'conditions', coalesce(conditions.counts, '{}')
            )
            from grouped
            left join conditions on conditions.place = grouped.place
            where grouped.place > $5::int
        )
    )
)::text as body;

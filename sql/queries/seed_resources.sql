-- seed_resources: creates a batch of resources of one kind with reports of all its required adapters, for commands/seed.
--
-- Names, labels, specs and reports follow from the number of a resource, its conditions from the reports by
-- aggregate_conditions, as in every write: `verify` finds no violation in a seeded database.
--
-- Params
--   $1 kind       text
--   $2 owner_ids  uuid[]?  the parents, for a child kind; each gets $4 resources
--   $3 first      int      the number of the first resource among all of its kind in the run
--   $4 count      int      the number of resources, or of resources for each parent
--   $5 prefix     text     the beginning of a name; a number follows: that of the resource, or of the child within its parent
--   $6 failing    int      the number of resources, of all $8, for which an adapter reports False, spread evenly
--   $7 ended      timestamptz  the start of the run: the newest resource is a minute older
--   $8 total      int      the number of resources of the kind in the run; they spread over 30 days before $7
--   $9 tenancies  text[]  the tenancies that root resources get in turns, as JSON; a child has that of its parent
--   $10 tenants   text[]  the required dimensions of each (resources.tenant)
-- Returns one row.
--   ids  uuid[]  the resources, in the order of their numbers
with numbered as (
    select
        owner.id as owner_id,
        $3::int + (row_number() over (order by owner.position, one.number))::int - 1 as number,
        case when owner.id is null then $3::int + one.number - 1 else one.number end as name_number,
        parent.tenancy,
        parent.tenant
    from unnest(coalesce($2::uuid[], array[null::uuid])) with ordinality as owner (id, position)
    cross join generate_series(1, $4::int) as one (number)
    left join resources as parent on parent.id = owner.id
),
timed as (
    select
        numbered.*,
        $7::timestamptz - interval '1 minute'
            - (interval '30 days' * (1 - numbered.number::float8 / $8::int)) as time,
        numbered.number::bigint * $6::int / $8::int <> (numbered.number - 1)::bigint * $6::int / $8::int as failing
    from numbered
),
described as (
    select
        timed.*,
        uuid_v7(timed.time) as id,
        jsonb_build_object(
            'environment', (array['production', 'production', 'production', 'staging', 'development'])[1 + timed.number % 5],
            'region', 'region-' || timed.number % 12,
            'app.kubernetes.io/managed-by', 'hyperfleet',
            'hyperfleet.io/shard', (timed.number % 100)::text,
            'example.com/customer', 'customer-' || timed.number / 10,
            'tier', 'tier-' || timed.number % 3
        ) as labels,
        jsonb_build_object(
            'region', 'region-' || timed.number % 12,
            'replicas', 1 + timed.number % 7,
            'release', jsonb_build_object(
                'version', '4.' || timed.number % 20 || '.' || timed.number % 7,
                'channel', 'stable',
                'image', 'registry.example.com/release@sha256:' || encode(sha256(timed.number::text::bytea), 'hex')
            ),
            'networking', jsonb_build_object(
                'clusterNetwork', jsonb_build_array(jsonb_build_object('cidr', '10.' || timed.number % 256 || '.0.0/14', 'hostPrefix', 23)),
                'serviceNetwork', jsonb_build_array('172.30.0.0/16'),
                'type', 'OVNKubernetes'
            ),
            'autoscaling', jsonb_build_object('enabled', timed.number % 2 = 0, 'min', 1, 'max', 10),
            'zones', (
                select jsonb_agg(jsonb_build_object(
                    'name', 'zone-' || zone,
                    'subnet', 'subnet-' || md5(timed.number || '/' || zone),
                    'machineType', 'n2-standard-8',
                    'disk', jsonb_build_object('type', 'ssd', 'sizeGiB', 120, 'key', md5(zone || ':' || timed.number))
                ))
                from generate_series(1, 3) as zone
            ),
            'identity', jsonb_build_object(
                'issuer', 'https://issuer.example.com/' || md5(timed.number::text),
                'pullSecret', md5('pull' || timed.number) || md5('secret' || timed.number)
            )
        ) as spec
    from timed
),
reported as (
    select
        described.id,
        adapter.name as adapter,
        described.time + adapter.position * interval '2 seconds' as time,
        judged.available,
        case when judged.available then 'AllChecksPassed' else 'CheckFailed' end as reason,
        'The adapter has looked at generation 1' as message
    from described
    inner join kinds on kinds.kind = $1::text
    cross join unnest(kinds.required_adapters) with ordinality as adapter (name, position)
    cross join lateral (
        select not (described.failing and adapter.position = cardinality(kinds.required_adapters)) as available
    ) as judged
),
-- Materialized: it is named three times, and would be computed as often.
aggregated as materialized (
    select
        described.*,
        aggregate_conditions(
            $1::text, 1, described.time, false, false, kinds.required_adapters, '[]',
            coalesce(reports.of_resource, array[]::adapter_report[]), kinds.older_names, null
        ) as conditions
    from described
    inner join kinds on kinds.kind = $1::text
    left join (
        select
            reported.id,
            array_agg(row(
                reported.adapter, 1, reported.time, reported.available, reported.reason, reported.message, false
            )::adapter_report) as of_resource
        from reported
        group by reported.id
    ) as reports on reports.id = described.id
),
inserted as (
    insert into resources (
        id, kind, owner_id, name, labels, label_pairs, spec, generation, generation_time, version,
        created_time, updated_time, created_by, updated_by, conditions, states, unreconciled_since, tenancy, tenant
    )
    select
        aggregated.id,
        $1::text,
        aggregated.owner_id,
        $5::text || aggregated.name_number,
        aggregated.labels,
        label_pairs(aggregated.labels),
        aggregated.spec,
        1,
        aggregated.time,
        1,
        aggregated.time,
        aggregated.time,
        'seed@hyperfleet.local',
        'seed@hyperfleet.local',
        aggregated.conditions::json,
        condition_states(aggregated.conditions),
        unreconciled_since(aggregated.conditions),
        coalesce(aggregated.tenancy, ($9::text[])[1 + (aggregated.number - 1) % cardinality($9::text[])]::jsonb),
        coalesce(aggregated.tenant, ($10::text[])[1 + (aggregated.number - 1) % cardinality($10::text[])])
    from aggregated
    order by aggregated.number
    returning
        resources.kind, resources.id, resources.owner_id, resources.version, resources.generation, resources.tenancy,
        resources.created_by
),
logged as (
    insert into changes (type, kind, resource_id, owner_id, version, generation, tenancy, caller, changed)
    select
        'created', inserted.kind, inserted.id, inserted.owner_id, inserted.version, inserted.generation, inserted.tenancy,
        inserted.created_by, '{}'
    from inserted
),
inserted_reports as (
    insert into adapter_statuses (
        resource_id, adapter, observed_generation, created_time, last_report_time, available,
        available_reason, available_message, finalized, conditions, data
    )
    select
        reported.id,
        reported.adapter,
        1,
        reported.time,
        reported.time,
        reported.available,
        reported.reason,
        reported.message,
        false,
        (
            select jsonb_agg(jsonb_build_object(
                'type', condition.type,
                'status', case when condition.type = 'Available' and not reported.available then 'False' else 'True' end,
                'reason', reported.reason,
                'message', reported.message,
                'last_transition_time', format_time(reported.time)
            ))
            from unnest(array['Available', 'Applied', 'Health']) as condition (type)
        ),
        jsonb_build_object('job', 'job-' || md5(reported.adapter || reported.id), 'attempts', 1, 'seconds', 12.5)
    from reported
)
select array(select described.id from described order by described.number) as ids;

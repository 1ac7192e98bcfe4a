-- count_unreconciled: how many resources are not reconciled, and how many of them for too long.
--
-- Reconciled resources are not read: there is an index over the others.
--
-- Params
--   $1 threshold  interval  how long is too long
-- Returns two rows for each kind that adapters reconcile: one of the resources marked for deletion, one of the others.
--   kind               text
--   is_delete          boolean
--   required_adapters  int  how many adapters must report on the kind
--   pending            int
--   stuck              int  those that have been so for longer than the threshold
--   stuck_seconds      int  the longest time of these; 0 when there are none
-- Materialized: the age is used three times, and is unpacked from the conditions each time.
with unreconciled as materialized (
    select
        resource.kind,
        resource.deleted_time is not null as is_delete,
        statement_timestamp()
            - condition_member(resource.conditions::jsonb, 'Reconciled', 'last_transition_time')::timestamptz as age
    from resources as resource
    where resource.states @> array['Reconciled=False'] -- as resources_unreconciled_idx has it
),
counted as (
    select
        unreconciled.kind,
        unreconciled.is_delete,
        count(*)::int as pending,
        count(*) filter (where unreconciled.age > $1::interval)::int as stuck,
        max(unreconciled.age) filter (where unreconciled.age > $1::interval) as longest
    from unreconciled
    group by unreconciled.kind, unreconciled.is_delete
)
select
    kinds.kind,
    mark.is_delete,
    cardinality(kinds.required_adapters) as required_adapters,
    coalesce(counted.pending, 0) as pending,
    coalesce(counted.stuck, 0) as stuck,
    coalesce(extract(epoch from counted.longest), 0)::int as stuck_seconds
from kinds
cross join (values (false), (true)) as mark (is_delete)
left join counted on counted.kind = kinds.kind and counted.is_delete = mark.is_delete
where kinds.required_adapters is not null
order by kinds.kind, mark.is_delete;

-- list_sampled_problems: the next resources of a cycle through all, by id, each with its violated invariants
-- (resource_problems), for server/invariants/sampler.ts.
--
-- Params
--   $1 after  uuid?  the last one seen; null: begins anywhere, at a moment since the oldest was created
--   $2 size   int    how many are looked at
-- Returns one row for each problem of a resource, and one for a resource without any; in the order of ids.
--   id         uuid
--   kind       text
--   is_judged  boolean  false while `migrate` still brings its kind in line: until then nothing is wrong with it
--   problem    text?
with start as materialized (
    select coalesce(
        $1::uuid,
        (
            select uuid_v7(oldest.created_time + random() * (clock_timestamp() - oldest.created_time))
            from resources as oldest
            order by oldest.id
            limit 1
        )
    ) as after
),
-- Sorted and limited before the check: otherwise all resources would be checked.
seen as materialized (
    select resource
    from resources as resource
    where resource.id > (select start.after from start)
    order by resource.id
    limit $2::int
)
select (seen.resource).id, (seen.resource).kind, not kinds.stale as is_judged, found.problem
from seen
inner join kinds on kinds.kind = (seen.resource).kind
left join lateral (
    select distinct stated.problem from resource_problems(seen.resource) as stated
) as found on not kinds.stale
order by (seen.resource).id;

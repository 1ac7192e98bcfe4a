-- list_inconsistencies: the violated invariants of the whole database, for server/invariants/verify.ts.
--
-- Returns one row for each; none when there is none.
--   problem  text
--   kind     text
--   id       text?
--   detail   text?
select found.problem, resource.kind, resource.id::text as id, found.detail
from resources as resource
cross join lateral resource_problems(resource) as found
union all
select 'a report without a resource', 'AdapterStatus', status.resource_id::text, status.adapter
from adapter_statuses as status
where not exists (select from resources as resource where resource.id = status.resource_id)
union all
select 'a name that is held twice', resource.kind, min(resource.id::text), resource.name
from resources as resource
where resource.deleted_time is null
group by resource.kind, resource.owner_id, resource.name
having count(*) > 1
union all
select 'the kept count is wrong', kinds.kind, null, counted.total || ' kept, ' || actual.total || ' there'
from kinds
cross join lateral (
    select coalesce(sum(resource_counts.count), 0) as total
    from resource_counts
    where resource_counts.kind = kinds.kind
) as counted
cross join lateral (
    select count(*) as total
    from resources as resource
    where resource.kind = kinds.kind
) as actual
where counted.total <> actual.total
order by problem, kind, id;

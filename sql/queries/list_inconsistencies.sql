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
group by resource.kind, resource.owner_id, resource.tenancy, resource.name
having count(*) > 1
union all
select 'the kept count is wrong', coalesce(kept.kind, actual.kind), null,
    concat_ws(
        ', ', coalesce(kept.total, 0) || ' kept', coalesce(actual.total, 0) || ' there', nullif(kept.tenancy, '{}')::text
    )
from (
    select counted.kind, counted.tenant, counted.tenancy, sum(counted.count) as total
    from resource_counts as counted
    group by counted.kind, counted.tenant, counted.tenancy
) as kept
full join (
    select resource.kind, coalesce(resource.tenant, '') as tenant, coalesce(resource.tenancy, '{}') as tenancy, count(*) as total
    from resources as resource
    group by grouping sets ((resource.kind), (resource.kind, resource.tenant, resource.tenancy))
    having grouping(resource.tenant) = 1 or resource.tenant <> ''
) as actual on actual.kind = kept.kind and actual.tenant = kept.tenant and actual.tenancy = kept.tenancy
where coalesce(kept.total, 0) <> coalesce(actual.total, 0)
order by problem, kind, id;

-- update_tenants: writes the required dimensions of a tenancy anew on the next resources that have it, where others are required now.
--
-- Params
--   $1 tenancy  jsonb
--   $2 from     text  the stored required dimensions (resources.tenant)
--   $3 to       text  the required dimensions
--   $4 size     int   how many resources are changed
-- Returns one row.
--   updated  int  how many were changed; 0 when all are
with chosen as (
    select resource.id
    from resources as resource
    inner join kinds on kinds.kind = resource.kind -- so that the index by kind and tenant finds them
    where resource.tenant = $2::text and resource.tenant <> '' and resource.tenancy = $1::jsonb
    limit $4::int
    for no key update of resource
),
updated as (
    update resources as resource
    set tenant = $3::text
    from chosen
    where resource.id = chosen.id
    returning resource.kind
),
changes as (
    select updated.kind, change.tenant, change.sign * count(*) as count
    from updated
    cross join (values ($2::text, -1), ($3::text, 1)) as change (tenant, sign)
    group by updated.kind, change.tenant, change.sign
),
kept as (
    insert into resource_counts as counted (kind, tenant, tenancy, slot, count)
    select changes.kind, changes.tenant, $1::jsonb, count_slot(changes.tenant), changes.count
    from changes
    order by changes.kind, changes.tenant
    on conflict (kind, tenant, tenancy, slot) do update
    set count = counted.count + excluded.count
)
select count(*)::int as updated
from updated;

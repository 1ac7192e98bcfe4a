-- list_tenancies: the tenancies that resources have, by the kept counts.
--
-- Returns one row for each.
--   tenant   text  its required dimensions, as they are stored (resources.tenant)
--   tenancy  text  as JSON
select counted.tenant, counted.tenancy::text as tenancy
from resource_counts as counted
where counted.tenant <> ''
group by counted.tenant, counted.tenancy
having sum(counted.count) <> 0
order by counted.tenant, counted.tenancy;

-- list_tenancies: the tenancies that resources have or had, by the kept counts.
--
-- Returns one row for each.
--   tenant   text  its required dimensions, as they are stored (resources.tenant)
--   tenancy  text  as JSON
select distinct counted.tenant, counted.tenancy::text as tenancy
from resource_counts as counted
where counted.tenant <> ''
order by counted.tenant, tenancy;

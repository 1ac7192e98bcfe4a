-- count_without_tenancy: the number of resources without a tenancy, by the kept counts.
--
-- Returns one row.
--   total  int
select coalesce(sum(case when counted.tenant = '' then counted.count else -counted.count end), 0)::int as total
from resource_counts as counted;

-- adopt_resources: gives a tenancy to the next resources that have none (sql/functions/tenancy/adopt_resources.sql).
--
-- Params
--   $1 tenancy  jsonb
--   $2 tenant   text   the required dimensions of it (resources.tenant)
--   $3 after    text?  the last id of the batch before
--   $4 size     int    how many root resources are looked at
-- Returns one row.
--   last     text?  the last id that was looked at; null when there is none after $3
--   adopted  int    how many resources got the tenancy
--   clashes  text   a JSON array of {kind, id, name}: resources that were left, since the tenancy has their name already
select adopted.last::text as last, adopted.adopted, adopted.clashes::text as clashes
from adopt_resources($1::jsonb, $2::text, as_uuid($3::text), $4::int) as adopted;

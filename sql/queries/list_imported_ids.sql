-- list_imported_ids: the next resources that were imported and are in the database, by id.
--
-- Params
--   $1 kinds  text[]  their kinds
--   $2 after  uuid?   the last id of the page before
--   $3 size   int
-- Returns one row for each.
--   id  text
select resource.id::text as id
from imported_resources as state
inner join resources as resource on resource.id = state.id
where resource.kind = any ($1::text[]) and ($2::uuid is null or state.id > $2::uuid)
order by state.id
limit $3::int;

-- list_resource_ids: a batch of the ids of a kind.
--
-- Params
--   $1 kind   text
--   $2 after  uuid?  the last id of the batch before
--   $3 size   int
-- Returns one row for each id, ascending.
--   id  uuid
select resource.id
from resources as resource
where resource.kind = $1::text
    and ($2::uuid is null or resource.id > $2::uuid)
order by resource.id
limit $3::int;

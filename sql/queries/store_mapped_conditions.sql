-- store_mapped_conditions: writes the results of rules into the conditions of resources
-- (sql/functions/mapping/store_mapped_conditions.sql).
--
-- Params
--   $1 changes  jsonb  [{id, version, results}]
-- Returns one row for each; 40001 where a resource has another version by now.
--   id       text
--   body     text?  the resource as JSON; null when it is gone
--   version  int?   its version, for the entity tag
select change.id::text as id, stored.body, stored.version
from jsonb_to_recordset($1::jsonb) as change (id uuid, version int, results jsonb)
left join lateral store_mapped_conditions(change.id, change.version, change.results) as stored on true;

-- list_condition_inputs: what the rules of a kind look at (condition_inputs), of the next of its resources, by id.
--
-- Params
--   $1 kind   text
--   $2 after  text?  the last id that was seen; null to begin
--   $3 size   int    how many at most
-- Returns one row for each; none where the kind has no rules.
--   id      text
--   inputs  text  a JSON array with one item
select listed.id::text as id, condition_inputs(listed.id, false) as inputs
from (
    select resource.id
    from resources as resource
    inner join kinds on kinds.kind = resource.kind
    where resource.kind = $1::text
        and kinds.condition_rules <> '[]'
        and ($2::text is null or resource.id > $2::uuid)
    order by resource.id
    limit $3::int
) as listed;

-- get_condition_inputs: what the rules of a kind look at (condition_inputs), of one resource.
--
-- Params
--   $1 id  text
-- Returns one row.
--   inputs  text  a JSON array with one item; empty where the kind has no rules, or the resource is gone
select condition_inputs(as_uuid($1::text), false) as inputs;

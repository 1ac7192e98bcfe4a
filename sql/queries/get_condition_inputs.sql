-- get_condition_inputs: what the rules of kinds look at (condition_inputs), of one resource.
--
-- Params
--   $1 id           text
--   $2 descendants  boolean  whether those of the resources below it are wanted, too
-- Returns one row.
--   inputs  text  a JSON array; empty where no kind concerned has rules, or the resource is gone
select condition_inputs(as_uuid($1::text), $2::boolean) as inputs;

-- get_condition_inputs: what the rules of kinds look at (condition_inputs), of one resource.
--
-- Params
--   $1 id           text
--   $2 descendants  boolean  whether those of the resources below it are wanted, too
--   $3 tenancy      jsonb?   the caller's tenancy (within_tenancy)
-- Returns one row.
--   inputs  text  a JSON array; empty where no kind concerned has rules, or the resource is gone
select coalesce(
    (select condition_inputs(resource.id, $2::boolean) from visible_resource($1::text, $3::jsonb) as resource),
    case when even_reads($1::text, $3::jsonb) then '[]' end
) as inputs;

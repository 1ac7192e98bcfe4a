-- get_generation: a generation of a resource, with its state at the end of it.
--
-- Params
--   $1 kind        text
--   $2 owner_id    text?  the parent's id in a nested path
--   $3 id          text
--   $4 generation  int
--   $5 diff        int?   the generation to compare it with
--   $6 tenancy     jsonb?  the caller's tenancy (within_tenancy)
-- Returns one row; HF404 when there is no such resource, and no entry of one (find_history), or when a state is not kept.
--   body  text  the generation as JSON
select
    generation_body(
        find_generation(found.kind, found.id, $4::int),
        $4::int,
        true,
        case when $5::int is not null then find_generation(found.kind, found.id, $5::int) end
    ) as body
from find_history($1::text, $2::text, $3::text, $6::jsonb) as found;

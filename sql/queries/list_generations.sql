-- list_generations: one page of the generations of a resource whose state is kept, newest first, without their states.
--
-- Params
--   $1 kind      text
--   $2 owner_id  text?  the parent's id in a nested path
--   $3 id        text
--   $4 page      int    from 1
--   $5 size      int
--   $6 tenancy   jsonb?  the caller's tenancy (within_tenancy)
-- Returns one row; HF404 when there is no such resource, and no entry of one (find_history).
--   body  text  the list as JSON; total and items are of one snapshot
with kept as materialized (
    select state, numbered.generation
    from find_history($1::text, $2::text, $3::text, $6::jsonb) as found
    cross join kept_generations(found.id) as state
    cross join generate_series(state.first_generation, state.generation) as numbered (generation)
)
select
    list_body(
        'GenerationList',
        $4::int,
        (select count(*) from kept),
        array(
            select generation_body(kept.state, kept.generation, false, null)
            from kept
            order by kept.generation desc
            limit $5::int
            offset ($4::int - 1)::bigint * $5::int
        )
    ) as body
from find_history($1::text, $2::text, $3::text, $6::jsonb);

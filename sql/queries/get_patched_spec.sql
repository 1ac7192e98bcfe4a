-- get_patched_spec: the spec that a patch makes of the current one, without a lock.
--
-- Params
--   $1 kind       text
--   $2 owner_id   text?    the parent's id in a nested path
--   $3 id         text
--   $4 patch      jsonb    the request body
--   $5 is_merge   boolean  whether it is a JSON merge patch
--   $6 if_match   text?    the header If-Match
--   $7 max_bytes  int      how large merging may make a spec
--   $8 compares   boolean  whether the current spec is wanted as well
--   $9 tenancy    jsonb?   the caller's tenancy (within_tenancy)
-- Returns one row; HF400, HF404, HF410, HF411, HF412 and HF413 as patch_resource refuses the patch.
--   spec        text?  of a merge patch: the resulting spec, as JSON
--   old_spec    text?  with `compares`: the current one
--   generation  int    the generation that it follows from
select
    case when $5::boolean then patched.spec::text end as spec,
    case when $8::boolean then found.spec::text end as old_spec,
    patched.generation
from find_resource($1::text, $2::text, $3::text, $9::jsonb) as found
cross join lateral patched_resource(
    found,
    $3::text,
    case when $5::boolean then $4::jsonb else jsonb_strip_top_nulls($4::jsonb) end,
    $5::boolean,
    $6::text,
    $7::int,
    $9::jsonb
) as patched;

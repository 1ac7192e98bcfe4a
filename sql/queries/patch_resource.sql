-- patch_resource: changes spec and labels (sql/functions/resources/patch_resource.sql).
--
-- Params
--   $1 kind      text
--   $2 owner_id  text?    the parent's id in a nested path
--   $3 id        text
--   $4 patch     jsonb    the request body
--   $5 is_merge  boolean  whether it is a JSON merge patch
--   $6 caller    text
--   $7 if_match  text?    the header If-Match
--   $8 max_bytes  int     how large merging may make a spec
--   $9 at         int?    a generation to do it at only, as if the body named it
--   $10 maps      boolean  whether conditions are mapped afterwards
--   $11 tenancy   jsonb?   the caller's tenancy (within_tenancy)
-- Returns one row; HF404, HF405, HF410, HF411, HF412 and HF413 as the function says.
--   body     text  the resource as JSON
--   version  int   its version, for the entity tag
--   started  boolean  whether a generation began
--   inputs   text?    with `maps`: what the rules of its kind look at (condition_inputs)
--   has_rules  boolean  whether its kind has rules
select
    resource_body(resource, own_kind, owner_kind, null) as body,
    resource.version,
    resource.generation_time = resource.updated_time
        and resource.updated_time >= statement_timestamp() as started,
    case when $10::boolean then condition_inputs(resource.id, false) end as inputs,
    own_kind.condition_rules <> '[]' as has_rules
from patch_resource(
    $1::text,
    $2::text,
    $3::text,
    case
        when $9::int is null then $4::jsonb
        else $4::jsonb || jsonb_build_object('generation', $9::int)
    end,
    $5::boolean,
    $6::text,
    $7::text,
    $8::int,
    $11::jsonb
) as resource
inner join kinds as own_kind on own_kind.kind = resource.kind
left join kinds as owner_kind on owner_kind.kind = own_kind.parent_kind;

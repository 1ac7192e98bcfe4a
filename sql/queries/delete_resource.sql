-- delete_resource: marks a resource for deletion (sql/functions/deletion/delete_resource.sql).
--
-- Params
--   $1 kind      text
--   $2 owner_id  text?  the parent's id in a nested path
--   $3 id        text
--   $4 caller    text
--   $5 if_match  text?  the header If-Match
--   $6 maps      boolean  whether conditions are mapped afterwards
--   $7 tenancy   jsonb?  the caller's tenancy (within_tenancy)
-- Returns one row; HF404, HF410 and HF412 as the function says.
--   body     text  the marked resource as JSON
--   version  int   its version, for the entity tag
--   started  text[]  the kinds of the resources that began a generation: the resource and each descendant marked with it
--   inputs   text?   with `maps`: what the rules of these kinds look at (condition_inputs)
--   has_rules  boolean  whether one of these kinds has rules
select
    resource_body(resource, own_kind, owner_kind, null) as body,
    resource.version,
    case
        when resource.deleted_time < statement_timestamp() then '{}'::text[]
        -- The descendants are of the snapshot of this statement, in which they are not marked yet.
        else array[resource.kind] || array(
            select child.kind
            from descendants(resource.id) as tree
            inner join resources as child on child.id = tree.id
            where child.deleted_time is null
        )
    end as started,
    case when $6::boolean then condition_inputs(resource.id, true) end as inputs,
    exists (select from kinds where kinds.condition_rules <> '[]')
        and exists (
            select
            from resources as reached
            inner join kinds as ruled on ruled.kind = reached.kind and ruled.condition_rules <> '[]'
            where reached.id = resource.id or reached.id in (select tree.id from descendants(resource.id) as tree)
        ) as has_rules
from delete_resource($1::text, $2::text, $3::text, $4::text, $5::text, $7::jsonb) as resource
inner join kinds as own_kind on own_kind.kind = resource.kind
left join kinds as owner_kind on owner_kind.kind = own_kind.parent_kind;

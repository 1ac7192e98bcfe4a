-- get_resource: one resource.
--
-- Params
--   $1 kind      text
--   $2 owner_id  text?  the parent's id in a nested path
--   $3 id        text
-- Returns one row; HF404 when there is none.
--   body  text  the resource as JSON
select
    case
        when resource.id is null then raise_not_found($1::text, $2::text, $3::text)
        else resource_body(resource, own_kind, owner_kind)
    end as body
from kinds as own_kind
left join kinds as owner_kind on owner_kind.kind = own_kind.parent_kind
left join resources as resource
    on resource.id = as_uuid($3::text)
    and resource.kind = own_kind.kind
    and ($2::text is null or resource.owner_id = as_uuid($2::text))
where own_kind.kind = $1::text;

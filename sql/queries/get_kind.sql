-- get_kind: the kind of a resource, which never changes.
--
-- Params
--   $1 id  text
-- Returns one row; HF404 when there is no such resource.
--   kind  text
select coalesce(
    (select resource.kind from resources as resource where resource.id = as_uuid($1::text)),
    raise_not_found('Resource', null, $1::text)
) as kind;

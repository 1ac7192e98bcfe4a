-- get_kind: the kind of a resource, which never changes.
--
-- Params
--   $1 id          text
--   $2 is_history  boolean  whether it may be a removed one of which the feed has an entry (find_history)
--   $3 tenancy     jsonb?   the caller's tenancy (within_tenancy)
-- Returns one row; HF404 when there is no such resource.
--   kind  text
select case
    when $2::boolean then (select past.kind from find_history(null, null, $1::text, $3::jsonb) as past)
    else coalesce(
        (select resource.kind from visible_resource($1::text, $3::jsonb) as resource),
        raise_not_found('Resource', null, $1::text, $3::jsonb)
    )
end as kind;

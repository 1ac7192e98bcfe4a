-- delete_unused_kinds: forgets the kinds that are configured no more and have no resources, nor children that have; and
-- frees the plurals of those that are configured, which are about to be set anew (set_kind): two may exchange theirs.
--
-- Params
--   $1 configured  text[]
-- Returns no rows.
with recursive needed (kind) as (
    select kinds.kind
    from kinds
    where kinds.kind = any ($1::text[])
        or exists (select from resources as resource where resource.kind = kinds.kind)
    union
    select kinds.parent_kind
    from needed
    inner join kinds on kinds.kind = needed.kind
    where kinds.parent_kind is not null
),
freed as (
    update kinds
    set plural = format('(%s)', kinds.kind) -- no plural has parentheses
    where kinds.kind = any ($1::text[])
)
delete from kinds
where kinds.kind not in (select needed.kind from needed);

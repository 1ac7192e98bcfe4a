-- fill_unreconciled_since: gives some of the resources that lack it the time since which they are not reconciled.
--
-- Those that were there before the column was, or were being written by functions that did not know it yet.
--
-- Params
--   $1 size  int  how many at the most
-- Returns one row.
--   filled  int
with lacking as (
    select resource.id
    from resources as resource
    where resource.states @> array['Reconciled=False']
        and resource.unreconciled_since is null
        -- Not what `verify` would speak of: it would be filled with nothing, again and again.
        and unreconciled_since(resource.conditions) is not null
    order by resource.id
    limit $1::int
    for no key update
),
filled as (
    update resources as resource
    set unreconciled_since = unreconciled_since(resource.conditions)
    from lacking
    where resource.id = lacking.id
        and resource.states @> array['Reconciled=False']
        and resource.unreconciled_since is null
    returning resource.id
)
select count(*)::int as filled
from filled;

-- list_new_changes: the next entries of the feed for all watchers of a server, in order.
--
-- Params
--   $1 since      bigint  the last entry seen
--   $2 until      bigint  a bound whose writers have ended
--   $3 size       int     how many entries at most
--   $4 scopes     jsonb   the tenancies of the watchers, as an array
-- Returns one row for each entry.
--   seq      bigint
--   type     text
--   kind     text
--   id       uuid    of its resource
--   body     text    the entry as JSON (change_body)
--   visible  text[]  the positions in $4, from 1, of the tenancies that it is within (within_tenancy)
select
    change.seq,
    change.type,
    change.kind,
    change.resource_id as id,
    change_body(change) as body,
    array(
        select scope.position::text
        from jsonb_array_elements($4::jsonb) with ordinality as scope (tenancy, position)
        where within_tenancy(change.tenancy, nullif(scope.tenancy, 'null'))
    ) as visible
from changes as change
where change.seq > $1::bigint and change.seq <= $2::bigint
order by change.seq
limit $3::int;

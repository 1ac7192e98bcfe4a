-- get_change_position: the last entry of the feed up to a bound, once the writers below it have ended.
--
-- Params
--   $1 bound  bigint
-- Returns one row.
--   position  bigint  its number; that of the last dropped one where there is none
select greatest(
    change_feed.floor,
    (select max(change.seq) from changes as change where change.seq <= $1::bigint)
) as position
from change_feed;

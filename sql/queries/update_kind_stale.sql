-- update_kind_stale: writes down whether the conditions of a kind's resources have to be computed anew.
--
-- Params
--   $1 kind   text?    null: every kind
--   $2 stale  boolean
-- Returns no rows.
update kinds
set stale = $2::boolean
where $1::text is null or kinds.kind = $1::text;

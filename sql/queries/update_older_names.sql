-- update_older_names: writes down for every kind, also one that is configured no more, whether conditions are shown under
-- their older names, too. Where that changes, the conditions of its resources are stale.
--
-- Params
--   $1 older_names  boolean
-- Returns no rows.
update kinds
set older_names = $1::boolean, stale = true
where kinds.older_names <> $1::boolean;

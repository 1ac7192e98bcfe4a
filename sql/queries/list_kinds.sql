-- list_kinds: the settings in force for the conditions of each kind.
--
-- Returns one row for each kind, by kind.
--   kind               text
--   required_adapters  text[]?  null: no adapter reconciles the kind
--   older_names        boolean  conditions are shown under their older names, too
--   stale              boolean  the conditions of its resources have to be computed anew
select kinds.kind, kinds.required_adapters, kinds.older_names, kinds.stale
from kinds
order by kinds.kind;

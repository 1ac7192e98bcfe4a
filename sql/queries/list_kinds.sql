-- list_kinds: the required adapters in force, for each kind.
--
-- Returns one row for each kind, by kind.
--   kind               text
--   required_adapters  text[]?  null: no adapter reconciles the kind
--   stale              boolean  the conditions of its resources have to be computed anew
select kinds.kind, kinds.required_adapters, kinds.stale
from kinds
order by kinds.kind;

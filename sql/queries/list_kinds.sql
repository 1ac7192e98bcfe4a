-- list_kinds: the required adapters in force, for each kind.
--
-- Returns one row for each kind, by kind.
--   kind               text
--   required_adapters  text[]
select kinds.kind, kinds.required_adapters
from kinds
order by kinds.kind;

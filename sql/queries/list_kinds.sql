-- list_kinds: the descriptor of each kind that is in force, as upsert_kind wrote it down.
--
-- Returns one row for each kind, by kind.
--   kind               text
--   plural             text
--   base_path          text
--   parent_kind        text?
--   on_parent_delete   text?    restrict or cascade, for a kind with a parent
--   required_adapters  text[]?  null: no adapter reconciles the kind
--   reference_types    text     the references of its resources, as JSON: [{ref_type, target_kind, min, max}]
--   generation_on      text     spec or any: the changes that begin a generation
--   older_names        boolean  conditions are shown under their older names, too
--   condition_rules    text     the rules that map conditions, as JSON, by type: [{type, when, status, reason, message}]
--   stale              boolean  the conditions of its resources have to be computed anew
select
    kinds.kind,
    kinds.plural,
    kinds.base_path,
    kinds.parent_kind,
    kinds.on_parent_delete,
    kinds.required_adapters,
    kinds.reference_types::text as reference_types,
    kinds.generation_on,
    kinds.older_names,
    kinds.condition_rules::text as condition_rules,
    kinds.stale
from kinds
order by kinds.kind;

-- upsert_kind: writes down the descriptor of a kind (set_kind).
--
-- Params
--   $1 kind               text
--   $2 plural             text
--   $3 base_path          text
--   $4 parent_kind        text?
--   $5 on_parent_delete   text?   restrict or cascade, for a kind with a parent
--   $6 required_adapters  text[]?  null: no adapter reconciles the kind
--   $7 reference_types    jsonb    the references of its resources: [{ref_type, target_kind, min, max}]
--   $8 generation_on      text     spec or any: the changes that begin a generation
--   $9 older_names        boolean  conditions are shown under their older names, too
--   $10 condition_rules   jsonb    the rules that map conditions, by type: [{type, when, status, reason, message}]
-- Returns one row without meaning.
--   done  text?
select set_kind(
    $1::text, $2::text, $3::text, $4::text, $5::text, $6::text[], $7::jsonb, $8::text, $9::boolean, $10::jsonb
)::text as done;

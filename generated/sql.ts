// Made by `npm run generate`; edit the source instead.

/** The parameters and columns of each file of sql/queries, by its header. */
export interface Queries {
  adopt_resources: {
    parameters: { tenancy: string; tenant: string; after: string | null; size: number }
    row: { last: string | null; adopted: number; clashes: string }
  }
  check_database: {
    parameters: {}
    row: { server_version: number; migrated: boolean; standby: boolean; faults: string[]; unreadable: string[]; unwritable: string[] }
  }
  count_unreconciled: {
    parameters: { threshold: string }
    row: { kind: string; is_delete: boolean; required_adapters: number; pending: number; stuck: number; stuck_seconds: number }
  }
  count_without_tenancy: {
    parameters: {}
    row: { total: number }
  }
  create_resource: {
    parameters: { kind: string; owner_id: string | null; body: string; caller: string; key: string | null; key_ttl: string; scope: string; maps: boolean; tenancy: string | null; tenant: string }
    row: { body: string; href: string; version: number; id: string; started: boolean; inputs: string | null; has_rules: boolean }
  }
  create_resources: {
    parameters: { creates: string; caller: string; tenancy: string | null; tenant: string }
    row: { body: string; href: string; version: number; id: string; started: boolean; has_rules: boolean }
  }
  delete_resource: {
    parameters: { kind: string; owner_id: string | null; id: string; caller: string; if_match: string | null; maps: boolean; tenancy: string | null }
    row: { body: string; version: number; started: string[]; inputs: string | null; has_rules: boolean }
  }
  delete_unused_kinds: {
    parameters: { configured: string[] }
    row: { done: string | null }
  }
  explain_remaining: {
    parameters: { id: string; results: string; tenancy: string | null }
    row: { body: string }
  }
  explain_resource: {
    parameters: { kind: string; owner_id: string | null; id: string; results: string; tenancy: string | null }
    row: { body: string }
  }
  find_resource: {
    parameters: { kind: string; owner_id: string | null; id: string; tenancy: string | null }
    row: { id: string }
  }
  force_delete_resource: {
    parameters: { kind: string; owner_id: string | null; id: string; if_match: string | null; caller: string; reason: string; tenancy: string | null }
    row: { removed: string }
  }
  get_applied_functions: {
    parameters: {}
    row: { release: string; hash: string; rules_hash: string }
  }
  get_change_bound: {
    parameters: { known: string | null }
    row: { feed: string; bound: string; writers: string[] }
  }
  get_change_position: {
    parameters: { bound: string }
    row: { position: string }
  }
  get_condition_inputs: {
    parameters: { id: string; descendants: boolean; tenancy: string | null }
    row: { inputs: string }
  }
  get_generation: {
    parameters: { kind: string; owner_id: string | null; id: string; generation: number; diff: number | null; tenancy: string | null }
    row: { body: string }
  }
  get_index: {
    parameters: { name: string }
    row: { is_valid: boolean }
  }
  get_kept_answer: {
    parameters: { caller: string; scope: string; key: string; hash: string; key_ttl: string }
    row: { body: string | null }
  }
  get_kind: {
    parameters: { id: string; is_history: boolean; tenancy: string | null }
    row: { kind: string }
  }
  get_locked_resource: {
    parameters: { verb: string; kind: string; owner_id: string | null; id: string; references: string | null; tenancy: string | null }
    row: { body: string }
  }
  get_patched_spec: {
    parameters: { kind: string; owner_id: string | null; id: string; patch: string; is_merge: boolean; if_match: string | null; max_bytes: number; compares: boolean; tenancy: string | null }
    row: { spec: string | null; old_spec: string | null; generation: number }
  }
  get_resource: {
    parameters: { kind: string; owner_id: string | null; id: string; if_none_match: string | null; fields: string[] | null; tenancy: string | null }
    row: { body: string | null; version: number; coding: string | null }
  }
  get_row_security: {
    parameters: {}
    row: { is_on: boolean }
  }
  get_schema_version: {
    parameters: {}
    row: { version: number }
  }
  get_wal_position: {
    parameters: {}
    row: { position: string | null; standby: boolean; cluster: string; database: string; started: string }
  }
  import_references: {
    parameters: { rows: string[] }
    row: { updated: number; left_out: string }
  }
  import_resources: {
    parameters: { rows: string[]; dimensions: string }
    row: { imported: number; updated: number; unchanged: number; reports: number; left_out: string }
  }
  lift_time_limits: {
    parameters: { is_local: boolean }
    row: { value: string }
  }
  limit_lock_waits: {
    parameters: { timeout: string }
    row: { timeout: string }
  }
  list_adapter_statuses: {
    parameters: { kind: string; owner_id: string | null; id: string; page: number; size: number; max_bytes: number; beyond: string; tenancy: string | null }
    row: { body: string | null }
  }
  list_change_writers: {
    parameters: { among: string[] }
    row: { writers: string[] }
  }
  list_changed_resources: {
    parameters: { kind: string | null; ids: string[]; fields: string[] | null; max_bytes: number; tenancy: string | null }
    row: { found: string[]; bodies: string[] }
  }
  list_changes: {
    parameters: { since: string; until: string; kind: string | null; size: number; tenancy: string | null }
    row: { feed: string; floor: string; entries: string | null }
  }
  list_children: {
    parameters: { kind: string; owner_kind: string; owner_id: string; page: number; size: number; fields: string[] | null; known: string | null; max_bytes: number; beyond: string; tenancy: string | null }
    row: { body: string | null; total: string; last: string[] | null }
  }
  list_condition_inputs: {
    parameters: { kind: string; after: string | null; size: number }
    row: { id: string; inputs: string }
  }
  list_generations: {
    parameters: { kind: string; owner_id: string | null; id: string; page: number; size: number; tenancy: string | null }
    row: { body: string }
  }
  list_imported_ids: {
    parameters: { kinds: string[]; after: string | null; size: number }
    row: { id: string }
  }
  list_inconsistencies: {
    parameters: {}
    row: { problem: string; kind: string; id: string | null; detail: string | null }
  }
  list_kinds: {
    parameters: {}
    row: { kind: string; plural: string; base_path: string; parent_kind: string | null; on_parent_delete: string | null; required_adapters: string[] | null; reference_types: string; generation_on: string; older_names: boolean; condition_rules: string; stale: boolean }
  }
  list_new_changes: {
    parameters: { since: string; until: string; size: number; scopes: string }
    row: { seq: string; type: string; kind: string; id: string; body: string; visible: string[] }
  }
  list_present_resources: {
    parameters: { kind: string | null; after: string; size: number; fields: string[] | null; max_bytes: number; tenancy: string | null; tenant: string }
    row: { feed: string; floor: string; ids: string[]; entries: string[]; resources: string[] }
  }
  list_resource_changes: {
    parameters: { kind: string; owner_id: string | null; id: string; page: number; size: number; tenancy: string | null }
    row: { feed: string; total: string; entries: string | null }
  }
  list_resource_ids: {
    parameters: { kind: string; after: string | null; size: number }
    row: { id: string }
  }
  list_resources: {
    parameters: { kind: string | null; owner_id: string | null; page: number; size: number; fields: string[] | null; whole: boolean; known: string | null; max_bytes: number; beyond: string; owner_kind: string | null; tenancy: string | null; tenant: string }
    row: { body: string | null; total: string; last: string[] | null }
  }
  list_sampled_problems: {
    parameters: { after: string | null; size: number }
    row: { id: string; kind: string; is_judged: boolean; problem: string | null }
  }
  list_schema: {
    parameters: {}
    row: { definition: string }
  }
  list_tenancies: {
    parameters: {}
    row: { tenant: string; tenancy: string }
  }
  list_unfiltered_resources: {
    parameters: { kind: string | null; size: number; fields: string[] | null; known: string | null; max_bytes: number; beyond: string; tenancy: string | null; tenant: string }
    row: { body: string | null; total: string; last: string[] | null }
  }
  lock_batch: {
    parameters: { writes: string; tenancy: string | null }
    row: { done: string }
  }
  lock_migrations: {
    parameters: {}
    row: { locked: boolean }
  }
  mark_dry_run: {
    parameters: {}
    row: { done: string }
  }
  patch_resource: {
    parameters: { kind: string; owner_id: string | null; id: string; patch: string; is_merge: boolean; caller: string; if_match: string | null; max_bytes: number; at: number | null; maps: boolean; tenancy: string | null }
    row: { body: string; version: number; started: boolean; inputs: string | null; has_rules: boolean }
  }
  remove_gone: {
    parameters: { ids: string[] }
    row: { removed: number; left_out: string }
  }
  report_status: {
    parameters: { kind: string; owner_id: string | null; id: string; report: string; max_clock_skew: string; max_age: string | null; maps: boolean; tenancy: string | null }
    row: { discarded: string | null; body: string | null; inputs: string | null; has_rules: boolean }
  }
  report_statuses: {
    parameters: { reports: string; max_clock_skew: string; max_age: string | null; tenancy: string | null }
    row: { discarded: string | null; body: string | null; has_rules: boolean }
  }
  rotate_changes: {
    parameters: { retention: string; history_retention: string }
    row: { done: string }
  }
  seed_resources: {
    parameters: { kind: string; owner_ids: string[] | null; first: number; count: number; prefix: string; failing: number; ended: string; total: number; tenancies: string[]; tenants: string[] }
    row: { ids: string[] }
  }
  set_row_security: {
    parameters: { is_on: boolean }
    row: { done: boolean }
  }
  store_mapped_conditions: {
    parameters: { changes: string }
    row: { id: string; body: string | null; version: number | null }
  }
  summarize_resources: {
    parameters: { kind: string | null; tenancy: string | null; tenant: string; group_by: string | null; max_groups: number }
    row: { body: string }
  }
  update_conditions: {
    parameters: { id: string }
    row: { done: string | null }
  }
  update_kept_answer: {
    parameters: { caller: string; scope: string; owner_id: string | null; key: string; body: string; version: number }
    row: { done: boolean }
  }
  update_kind_stale: {
    parameters: { kind: string | null; stale: boolean }
    row: {}
  }
  update_older_names: {
    parameters: { older_names: boolean }
    row: {}
  }
  update_tenants: {
    parameters: { tenancy: string; from: string; to: string; size: number }
    row: { updated: number }
  }
  upsert_applied_functions: {
    parameters: { release: string; hash: string; rules_hash: string }
    row: {}
  }
  upsert_kept_answer: {
    parameters: { caller: string; scope: string; key: string; hash: string; key_ttl: string; body: string }
    row: { done: string }
  }
  upsert_kind: {
    parameters: { kind: string; plural: string; base_path: string; parent_kind: string | null; on_parent_delete: string | null; required_adapters: string[] | null; reference_types: string; generation_on: string; older_names: boolean; condition_rules: string }
    row: { done: string | null }
  }
}

/** The statements of sql/queries: the order of their parameters and their text; ids differ when texts do. */
export const queries: { [Name in keyof Queries]: { id: string; parameters: string[]; text: string } } = {
  adopt_resources: {
    id: 'adopt_resources_116a904d',
    parameters: ["tenancy","tenant","after","size"],
    text: "select adopted.last::text as last, adopted.adopted, adopted.clashes::text as clashes\nfrom adopt_resources($1::jsonb, $2::text, as_uuid($3::text), $4::int) as adopted",
  },
  check_database: {
    id: 'check_database_4544e8c1',
    parameters: [],
    text: "with needed (name, setting, value, breaks, hint) as (\n    values\n        -- Locks would not show the commits of others meanwhile. Each write checks it (require_read_committed).\n        (\n            'default_transaction_isolation', current_setting('transaction_isolation'), 'read committed',\n            'nothing', ''\n        ),\n        ('default_transaction_read_only', current_setting('default_transaction_read_only'), 'off', 'writes', ''),\n        (\n            'the server', case when pg_is_in_recovery() then 'a standby' else 'a primary' end, 'a primary',\n            'writes', ''\n        ),\n        -- Triggers and foreign keys would not hold.\n        ('session_replication_role', current_setting('session_replication_role'), 'origin', 'writes', ''),\n        -- Not every text could be stored, or it would come back as another one.\n        (\n            'server_encoding', current_setting('server_encoding'), 'UTF8',\n            'reads', ': create the database with encoding ''UTF8'''\n        ),\n        ('client_encoding', pg_client_encoding()::text, 'UTF8', 'reads', ''),\n        -- Searches would leave out rows at random.\n        ('gin_fuzzy_search_limit', current_setting('gin_fuzzy_search_limit'), '0', 'reads', '')\n),\nours as (\n    select relation.relnamespace as schema, relation.relowner as owner\n    from pg_class as relation\n    where relation.oid = to_regclass('applied_functions')\n),\nelsewhere as (\n    select relation.relnamespace::regnamespace::text as schema\n    from pg_class as relation\n    where relation.relname in ('applied_functions', 'adapter_statuses')\n        and relation.relkind = 'r'\n        and not exists (select from ours)\n    group by relation.relnamespace\n    having count(*) = 2\n),\n-- Only where another schema comes first: to look at each table and function takes some milliseconds.\nnamed as materialized (\n    select relation.relname as name, pg_table_is_visible(relation.oid) as is_visible\n    from pg_class as relation\n    cross join ours\n    where relation.relkind = 'r'\n        and relation.relnamespace = ours.schema\n        and (current_schemas(false))[1] <> ours.schema::regnamespace::name\n    union all\n    select function.proname, pg_function_is_visible(function.oid)\n    from pg_proc as function\n    cross join ours\n    where function.pronamespace = ours.schema\n        and function.proowner = ours.owner\n        and (current_schemas(false))[1] <> ours.schema::regnamespace::name\n),\nshadowed as (\n    select string_agg(distinct quote_ident(named.name), ', ') as names\n    from named\n    where not named.is_visible\n),\nfound (breaks, words) as (\n    select\n        needed.breaks,\n        format('%s must be %s, and is %s', needed.name, needed.value, needed.setting) || needed.hint\n    from needed\n    where needed.setting <> needed.value\n    union all\n    select 'reads', format(\n        'search_path must have the schema %s, which holds the tables, and is %s',\n        elsewhere.schema, current_setting('search_path')\n    )\n    from elsewhere\n    union all\n    select 'reads', format(\n        'search_path must have the schema %s before others with %s, and is %s',\n        ours.schema::regnamespace, shadowed.names, current_setting('search_path')\n    )\n    from ours\n    cross join shadowed\n    where shadowed.names is not null\n)\nselect\n    current_setting('server_version_num')::int as server_version,\n    exists (select from ours) as migrated,\n    pg_is_in_recovery() as standby,\n    array(select found.words from found) as faults,\n    array(select found.words from found where found.breaks = 'reads') as unreadable,\n    array(select found.words from found where found.breaks in ('reads', 'writes')) as unwritable",
  },
  count_unreconciled: {
    id: 'count_unreconciled_3fe35f88',
    parameters: ["threshold"],
    text: "with unreconciled as materialized (\n    select\n        resource.kind,\n        resource.deleted_time is not null as is_delete,\n        statement_timestamp()\n            - condition_member(resource.conditions::jsonb, 'Reconciled', 'last_transition_time')::timestamptz as age\n    from resources as resource\n    where resource.states @> array['Reconciled=False'] -- as resources_unreconciled_idx has it\n),\ncounted as (\n    select\n        unreconciled.kind,\n        unreconciled.is_delete,\n        count(*)::int as pending,\n        count(*) filter (where unreconciled.age > $1::interval)::int as stuck,\n        max(unreconciled.age) filter (where unreconciled.age > $1::interval) as longest\n    from unreconciled\n    group by unreconciled.kind, unreconciled.is_delete\n)\nselect\n    kinds.kind,\n    mark.is_delete,\n    cardinality(kinds.required_adapters) as required_adapters,\n    coalesce(counted.pending, 0) as pending,\n    coalesce(counted.stuck, 0) as stuck,\n    coalesce(extract(epoch from counted.longest), 0)::int as stuck_seconds\nfrom kinds\ncross join (values (false), (true)) as mark (is_delete)\nleft join counted on counted.kind = kinds.kind and counted.is_delete = mark.is_delete\nwhere kinds.required_adapters is not null\norder by kinds.kind, mark.is_delete",
  },
  count_without_tenancy: {
    id: 'count_without_tenancy_2aa401af',
    parameters: [],
    text: "select coalesce(sum(case when counted.tenant = '' then counted.count else -counted.count end), 0)::int as total\nfrom resource_counts as counted",
  },
  create_resource: {
    id: 'create_resource_dd8fb87c',
    parameters: ["kind","owner_id","body","caller","key","key_ttl","scope","maps","tenancy","tenant"],
    text: "select\n    created.body,\n    created.href,\n    created.version,\n    created.id::text as id,\n    created.started,\n    case when $8::boolean and created.started then condition_inputs(created.id, false) end as inputs,\n    created.has_rules\nfrom create_resource_once($1::text, $2::text, $3::text, $4::text, $7::text, $5::text, $6::interval, $9::jsonb, $10::text) as created",
  },
  create_resources: {
    id: 'create_resources_5379ad12',
    parameters: ["creates","caller","tenancy","tenant"],
    text: "select created.body, created.href, created.version, created.id::text as id, true as started, created.has_rules\nfrom create_resources($1::jsonb, $2::text, $3::jsonb, $4::text) as created\norder by created.place",
  },
  delete_resource: {
    id: 'delete_resource_463ba646',
    parameters: ["kind","owner_id","id","caller","if_match","maps","tenancy"],
    text: "select\n    resource_body(resource, own_kind, owner_kind, null) as body,\n    resource.version,\n    case\n        when resource.deleted_time < statement_timestamp() then '{}'::text[]\n        -- The descendants are of the snapshot of this statement, in which they are not marked yet.\n        else array[resource.kind] || array(\n            select child.kind\n            from descendants(resource.id) as tree\n            inner join resources as child on child.id = tree.id\n            where child.deleted_time is null\n        )\n    end as started,\n    case when $6::boolean then condition_inputs(resource.id, true) end as inputs,\n    exists (select from kinds where kinds.condition_rules <> '[]')\n        and exists (\n            select\n            from resources as reached\n            inner join kinds as ruled on ruled.kind = reached.kind and ruled.condition_rules <> '[]'\n            where reached.id = resource.id or reached.id in (select tree.id from descendants(resource.id) as tree)\n        ) as has_rules\nfrom delete_resource($1::text, $2::text, $3::text, $4::text, $5::text, $7::jsonb) as resource\ninner join kinds as own_kind on own_kind.kind = resource.kind\nleft join kinds as owner_kind on owner_kind.kind = own_kind.parent_kind",
  },
  delete_unused_kinds: {
    id: 'delete_unused_kinds_53520846',
    parameters: ["configured"],
    text: "select forget_unused_kinds($1::text[])::text as done",
  },
  explain_remaining: {
    id: 'explain_remaining_1b241609',
    parameters: ["id","results","tenancy"],
    text: "select explain_resource(resource, $2::jsonb, $3::jsonb)::text as body\nfrom visible_resource($1::text, $3::jsonb) as resource",
  },
  explain_resource: {
    id: 'explain_resource_99d201d9',
    parameters: ["kind","owner_id","id","results","tenancy"],
    text: "select explain_resource(resource, $4::jsonb, $5::jsonb)::text as body\nfrom find_resource($1::text, $2::text, $3::text, $5::jsonb) as resource",
  },
  find_resource: {
    id: 'find_resource_5a2fb39c',
    parameters: ["kind","owner_id","id","tenancy"],
    text: "select resource.id\nfrom find_resource($1::text, $2::text, $3::text, $4::jsonb) as resource",
  },
  force_delete_resource: {
    id: 'force_delete_resource_a0d58a90',
    parameters: ["kind","owner_id","id","if_match","caller","reason","tenancy"],
    text: "select force_delete_resource($1::text, $2::text, $3::text, $5::text, $6::text, $4::text, $7::jsonb)::text as removed",
  },
  get_applied_functions: {
    id: 'get_applied_functions_6027a560',
    parameters: [],
    text: "select applied_functions.release, applied_functions.hash, applied_functions.rules_hash\nfrom applied_functions",
  },
  get_change_bound: {
    id: 'get_change_bound_b091f405',
    parameters: ["known"],
    text: "select bounded.feed, bounded.bound, bounded.writers from change_bound($1::bigint) as bounded",
  },
  get_change_position: {
    id: 'get_change_position_006583fe',
    parameters: ["bound"],
    text: "select greatest(\n    change_feed.floor,\n    (select max(change.seq) from changes as change where change.seq <= $1::bigint)\n) as position\nfrom change_feed",
  },
  get_condition_inputs: {
    id: 'get_condition_inputs_47348236',
    parameters: ["id","descendants","tenancy"],
    text: "select coalesce(\n    (select condition_inputs(resource.id, $2::boolean) from visible_resource($1::text, $3::jsonb) as resource),\n    case when even_reads($1::text, $3::jsonb) then '[]' end\n) as inputs",
  },
  get_generation: {
    id: 'get_generation_672805a6',
    parameters: ["kind","owner_id","id","generation","diff","tenancy"],
    text: "select\n    generation_body(\n        find_generation(found.kind, found.id, $4::int),\n        $4::int,\n        true,\n        case when $5::int is not null then find_generation(found.kind, found.id, $5::int) end\n    ) as body\nfrom find_history($1::text, $2::text, $3::text, $6::jsonb) as found",
  },
  get_index: {
    id: 'get_index_23b5052e',
    parameters: ["name"],
    text: "select pg_index.indisvalid as is_valid\nfrom pg_class\ninner join pg_index on pg_index.indexrelid = pg_class.oid\nwhere pg_class.relname = $1::text and pg_class.relnamespace = current_schema()::regnamespace",
  },
  get_kept_answer: {
    id: 'get_kept_answer_94bcd814',
    parameters: ["caller","scope","key","hash","key_ttl"],
    text: "select kept.body\nfrom kept_answer($1::text, $2::text, '', $3::text, decode($4::text, 'hex'), $5::interval) as kept",
  },
  get_kind: {
    id: 'get_kind_5e9b0ad6',
    parameters: ["id","is_history","tenancy"],
    text: "select case\n    when $2::boolean then (select past.kind from find_history(null, null, $1::text, $3::jsonb) as past)\n    else coalesce(\n        (select resource.kind from visible_resource($1::text, $3::jsonb) as resource),\n        raise_not_found('Resource', null, $1::text, $3::jsonb)\n    )\nend as kind",
  },
  get_locked_resource: {
    id: 'get_locked_resource_7f206d4f',
    parameters: ["verb","kind","owner_id","id","references","tenancy"],
    text: "select resource_body(resource, own_kind, owner_kind, null) as body\nfrom lock_for_decision($1::text, $2::text, $3::text, $4::text, $5::jsonb, $6::jsonb) as resource\ninner join kinds as own_kind on own_kind.kind = resource.kind\nleft join kinds as owner_kind on owner_kind.kind = own_kind.parent_kind",
  },
  get_patched_spec: {
    id: 'get_patched_spec_2ac5ffcd',
    parameters: ["kind","owner_id","id","patch","is_merge","if_match","max_bytes","compares","tenancy"],
    text: "select\n    case when $5::boolean then patched.spec::text end as spec,\n    case when $8::boolean then found.spec::text end as old_spec,\n    patched.generation\nfrom find_resource($1::text, $2::text, $3::text, $9::jsonb) as found\ncross join lateral patched_resource(\n    found,\n    $3::text,\n    case when $5::boolean then $4::jsonb else jsonb_strip_top_nulls($4::jsonb) end,\n    $5::boolean,\n    $6::text,\n    $7::int,\n    $9::jsonb\n) as patched",
  },
  get_resource: {
    id: 'get_resource_8741cf1c',
    parameters: ["kind","owner_id","id","if_none_match","fields","tenancy"],
    text: "select\n    case\n        when (scoped.resource).id is null then raise_not_found($1::text, $2::text, $3::text, $6::jsonb)\n        when $4::text is null or not has_tag($4::text, (scoped.resource).version)\n            then case\n                -- Without a parameter in it, the planner leaves out what is for members only: half of the expression.\n                when $5::text[] is null\n                    then resource_body(\n                        scoped.resource,\n                        own_kind,\n                        (select owner_kind from kinds as owner_kind where owner_kind.kind = own_kind.parent_kind),\n                        null\n                    )\n                else (resource_bodies(own_kind.kind, array[asked.id], $5::text[], 2147483647, 'none', asked.tenancy))[1]\n            end\n    end as body,\n    (scoped.resource).version,\n    case when $4::text is not null\n        then substring(sent_tag($4::text, (scoped.resource).version) from '(gzip|br)$') end as coding\n-- The tenancy is entered before the row is looked up: that takes place for each row of `asked`.\nfrom (values (as_uuid($3::text), enter_tenancy($6::jsonb))) as asked (id, tenancy)\nleft join scoped_resources as scoped\n    on (scoped.resource).id = asked.id\n    and (scoped.resource).kind = $1::text\n    and ($2::text is null or (scoped.resource).owner_id = as_uuid($2::text))\n    and within_tenancy((scoped.resource).tenancy, asked.tenancy)\nleft join kinds as own_kind on own_kind.kind = (scoped.resource).kind",
  },
  get_row_security: {
    id: 'get_row_security_fe56200e',
    parameters: [],
    text: "select exists (\n    select\n    from pg_class as view\n    inner join pg_class as base on base.oid = to_regclass('resources')\n    where view.oid = to_regclass('scoped_resources')\n        and view.relowner = to_regrole('hyperfleet_scoped')\n        and base.relrowsecurity\n) as is_on",
  },
  get_schema_version: {
    id: 'get_schema_version_30ba0d8d',
    parameters: [],
    text: "select coalesce(max(schema_migrations.version), 0)::int as version\nfrom schema_migrations",
  },
  get_wal_position: {
    id: 'get_wal_position_cf3382dd',
    parameters: [],
    text: "select\n    (\n        case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end\n        - '0/0'::pg_lsn\n    )::bigint as position,\n    pg_is_in_recovery() as standby,\n    (select control.system_identifier::text from pg_control_system() as control) as cluster,\n    (select own.oid::text from pg_database as own where own.datname = current_database()) as database,\n    pg_postmaster_start_time()::text as started\nwhere not exists (select from kinds, resource_counts, resources where resources.id is null)",
  },
  import_references: {
    id: 'import_references_c3cde2cd',
    parameters: ["rows"],
    text: "select done.updated, done.left_out::text as left_out from import_references($1::text[]) as done",
  },
  import_resources: {
    id: 'import_resources_2f956054',
    parameters: ["rows","dimensions"],
    text: "select done.imported, done.updated, done.unchanged, done.stored_reports as reports, done.left_out::text as left_out\nfrom import_resources($1::text[], $2::jsonb) as done",
  },
  lift_time_limits: {
    id: 'lift_time_limits_e6e032a0',
    parameters: ["is_local"],
    text: "select set_config(name, '0', $1::boolean) as value\nfrom pg_settings\nwhere name in (\n    'idle_in_transaction_session_timeout',\n    'idle_session_timeout',\n    'lock_timeout',\n    'statement_timeout',\n    'transaction_timeout'\n)",
  },
  limit_lock_waits: {
    id: 'limit_lock_waits_69e4686e',
    parameters: ["timeout"],
    text: "select set_config('lock_timeout', $1::text, true) as timeout",
  },
  list_adapter_statuses: {
    id: 'list_adapter_statuses_ba43476a',
    parameters: ["kind","owner_id","id","page","size","max_bytes","beyond","tenancy"],
    text: "select\n    list_body(\n        'AdapterStatusList',\n        $4::int,\n        (\n            select count(*)\n            from adapter_statuses as status\n            where status.resource_id = resource.id and /* filter: */ true /* :filter */\n        ),\n        adapter_status_bodies(\n            resource.id,\n            array(\n                select status.adapter\n                from adapter_statuses as status\n                where status.resource_id = resource.id and /* filter: */ true /* :filter */\n                order by /* order: */ status.adapter /* :order */\n                limit $5::int\n                offset ($4::int - 1)::bigint * $5::int\n            ),\n            $6::int,\n            $7::text\n        )\n    ) as body\nfrom find_resource($1::text, $2::text, $3::text, $8::jsonb) as resource",
  },
  list_change_writers: {
    id: 'list_change_writers_8cbb3911',
    parameters: ["among"],
    text: "select change_writers($1::text[]) as writers",
  },
  list_changed_resources: {
    id: 'list_changed_resources_3f3bd763',
    parameters: ["kind","ids","fields","max_bytes","tenancy"],
    text: "with found as materialized (\n    select array(\n        select resource.id\n        from unnest($2::uuid[]) with ordinality as wanted (id, position)\n        cross join lateral visible_resource(wanted.id::text, $5::jsonb) as resource\n        where /* filter: */ true /* :filter */\n        order by wanted.position\n    ) as ids\n)\nselect\n    found.ids::text[] as found,\n    case\n        when $3::text[] is null then array[]::text[]\n        else resource_bodies($1::text, found.ids, $3::text[], $4::int, 'cut', $5::jsonb)\n    end as bodies\nfrom found",
  },
  list_changes: {
    id: 'list_changes_a6c853aa',
    parameters: ["since","until","kind","size","tenancy"],
    text: "with page as materialized (\n    select change.seq, change_line(change) as line\n    from changes as change\n    where change.seq > $1::bigint\n        and change.seq <= $2::bigint\n        and ($3::text is null or change.kind = $3::text)\n        and within_tenancy(change.tenancy, $5::jsonb)\n    order by change.seq\n    limit $4::int\n)\nselect\n    feed_digest() as feed,\n    change_feed.floor,\n    (select string_agg(page.line, e'\\n' order by page.seq) from page) as entries\nfrom change_feed",
  },
  list_children: {
    id: 'list_children_4e2d5b92',
    parameters: ["kind","owner_kind","owner_id","page","size","fields","known","max_bytes","beyond","tenancy"],
    text: "with counted as materialized (\n    select coalesce(\n        $7::bigint,\n        (\n            select count(*)\n            from resources as resource\n            where resource.kind = $1::text\n                and resource.owner_id = owner.id\n                and within_tenancy(resource.tenancy, $10::jsonb)\n        )\n    ) as total,\n    -- The ids of the page, and of one more resource if there is one.\n    array(\n        select resource.id\n        from /* source: */ owned_resources($3::text) /* :source */ as resource\n        where resource.kind = $1::text\n            and resource.owner_id = owner.id\n            and within_tenancy(resource.tenancy, $10::jsonb)\n            and /* after: */ true /* :after */\n        order by /* order: */ resource.created_time desc, resource.id desc /* :order */\n        limit $5::int + 1\n        offset ($4::int - 1)::bigint * $5::int\n    ) as ids\n    from find_parent($2::text, $3::text, $10::jsonb) as owner (id)\n)\nselect\n    list_body($1::text || 'List', $4::int, counted.total, bodies.items) as body,\n    counted.total,\n    (\n        select /* keys: */ array[]::text[] /* :keys */\n        from resources as resource\n        where resource.id = counted.ids[cardinality(bodies.items)] and cardinality(counted.ids) > cardinality(bodies.items)\n    ) as last\nfrom counted\ncross join lateral (\n    select resource_bodies($1::text, counted.ids[:$5::int], $6::text[], $8::int, $9::text, $10::jsonb) as items\n    offset 0 -- made once\n) as bodies",
  },
  list_condition_inputs: {
    id: 'list_condition_inputs_2c658b5f',
    parameters: ["kind","after","size"],
    text: "select listed.id::text as id, condition_inputs(listed.id, false) as inputs\nfrom (\n    select resource.id\n    from resources as resource\n    inner join kinds on kinds.kind = resource.kind\n    where resource.kind = $1::text\n        and kinds.condition_rules <> '[]'\n        and ($2::text is null or resource.id > $2::uuid)\n    order by resource.id\n    limit $3::int\n) as listed",
  },
  list_generations: {
    id: 'list_generations_49708f11',
    parameters: ["kind","owner_id","id","page","size","tenancy"],
    text: "with kept as materialized (\n    select state, numbered.generation\n    from find_history($1::text, $2::text, $3::text, $6::jsonb) as found\n    cross join kept_generations(found.id) as state\n    cross join generate_series(state.first_generation, state.generation) as numbered (generation)\n)\nselect\n    list_body(\n        'GenerationList',\n        $4::int,\n        (select count(*) from kept),\n        array(\n            select generation_body(kept.state, kept.generation, false, null)\n            from kept\n            order by kept.generation desc\n            limit $5::int\n            offset ($4::int - 1)::bigint * $5::int\n        )\n    ) as body\nfrom find_history($1::text, $2::text, $3::text, $6::jsonb)",
  },
  list_imported_ids: {
    id: 'list_imported_ids_8d4de366',
    parameters: ["kinds","after","size"],
    text: "select resource.id::text as id\nfrom imported_resources as state\ninner join resources as resource on resource.id = state.id\nwhere resource.kind = any ($1::text[]) and ($2::uuid is null or state.id > $2::uuid)\norder by state.id\nlimit $3::int",
  },
  list_inconsistencies: {
    id: 'list_inconsistencies_47735c4e',
    parameters: [],
    text: "select found.problem, resource.kind, resource.id::text as id, found.detail\nfrom resources as resource\ncross join lateral resource_problems(resource) as found\nunion all\nselect 'a report without a resource', 'AdapterStatus', status.resource_id::text, status.adapter\nfrom adapter_statuses as status\nwhere not exists (select from resources as resource where resource.id = status.resource_id)\nunion all\nselect 'a name that is held twice', resource.kind, min(resource.id::text), resource.name\nfrom resources as resource\nwhere resource.deleted_time is null\ngroup by resource.kind, resource.owner_id, resource.tenancy, resource.name\nhaving count(*) > 1\nunion all\nselect 'the kept count is wrong', coalesce(kept.kind, actual.kind), null,\n    concat_ws(\n        ', ', coalesce(kept.total, 0) || ' kept', coalesce(actual.total, 0) || ' there', nullif(kept.tenancy, '{}')::text\n    )\nfrom (\n    select counted.kind, counted.tenant, counted.tenancy, sum(counted.count) as total\n    from resource_counts as counted\n    group by counted.kind, counted.tenant, counted.tenancy\n) as kept\nfull join (\n    select resource.kind, coalesce(resource.tenant, '') as tenant, coalesce(resource.tenancy, '{}') as tenancy, count(*) as total\n    from resources as resource\n    group by grouping sets ((resource.kind), (resource.kind, resource.tenant, resource.tenancy))\n    having grouping(resource.tenant) = 1 or resource.tenant <> ''\n) as actual on actual.kind = kept.kind and actual.tenant = kept.tenant and actual.tenancy = kept.tenancy\nwhere coalesce(kept.total, 0) <> coalesce(actual.total, 0)\norder by problem, kind, id",
  },
  list_kinds: {
    id: 'list_kinds_1ad4bd85',
    parameters: [],
    text: "select\n    kinds.kind,\n    kinds.plural,\n    kinds.base_path,\n    kinds.parent_kind,\n    kinds.on_parent_delete,\n    kinds.required_adapters,\n    kinds.reference_types::text as reference_types,\n    kinds.generation_on,\n    kinds.older_names,\n    kinds.condition_rules::text as condition_rules,\n    kinds.stale\nfrom kinds\norder by kinds.kind",
  },
  list_new_changes: {
    id: 'list_new_changes_a6c454b8',
    parameters: ["since","until","size","scopes"],
    text: "select\n    change.seq,\n    change.type,\n    change.kind,\n    change.resource_id as id,\n    change_body(change) as body,\n    array(\n        select scope.position::text\n        from jsonb_array_elements($4::jsonb) with ordinality as scope (tenancy, position)\n        where within_tenancy(change.tenancy, nullif(scope.tenancy, 'null'))\n    ) as visible\nfrom changes as change\nwhere change.seq > $1::bigint and change.seq <= $2::bigint\norder by change.seq\nlimit $3::int",
  },
  list_present_resources: {
    id: 'list_present_resources_b02a8fc5',
    parameters: ["kind","after","size","fields","max_bytes","tenancy","tenant"],
    text: "with page as materialized (\n    select array(\n        select resource.id\n        from /* source: */ tenant_resources($1::text, $7::text) /* :source */ as resource\n        where /* scope: */ resource.kind = $1::text /* :scope */\n            and /* tenant: */ resource.tenant = $7::text and resource.tenant <> '' and within_tenancy(resource.tenancy, $6::jsonb) /* :tenant */\n            and /* filter: */ true /* :filter */\n            and resource.id > $2::uuid\n        order by resource.id\n        limit $3::int\n    ) as ids\n)\nselect\n    feed_digest() as feed,\n    change_feed.floor,\n    page.ids::text[] as ids,\n    array(\n        select state_body(present)\n        from unnest(page.ids) with ordinality as wanted (id, position)\n        inner join resources as present on present.id = wanted.id\n        order by wanted.position\n    ) as entries,\n    case\n        when $4::text[] is null then array[]::text[]\n        else resource_bodies($1::text, page.ids, $4::text[], $5::int, 'cut', $6::jsonb)\n    end as resources\nfrom change_feed\ncross join page\n-- The only place of the parameter where no tenant is put in.\nwhere $7::text is not null",
  },
  list_resource_changes: {
    id: 'list_resource_changes_0adfa17d',
    parameters: ["kind","owner_id","id","page","size","tenancy"],
    text: "with found as materialized (\n    select history.id from find_history($1::text, $2::text, $3::text, $6::jsonb) as history\n),\npage as materialized (\n    select change.seq, change_line(change) as line\n    from found\n    inner join changes as change on change.resource_id = found.id\n    order by change.seq desc\n    limit $5::int\n    offset ($4::int - 1)::bigint * $5::int\n)\nselect\n    feed_digest() as feed,\n    (select count(*) from changes as change where change.resource_id = found.id)::text as total,\n    (select string_agg(page.line, e'\\n' order by page.seq desc) from page) as entries\nfrom found",
  },
  list_resource_ids: {
    id: 'list_resource_ids_bf3ce6cb',
    parameters: ["kind","after","size"],
    text: "select resource.id\nfrom resources as resource\nwhere resource.kind = $1::text\n    and ($2::uuid is null or resource.id > $2::uuid)\norder by resource.id\nlimit $3::int",
  },
  list_resources: {
    id: 'list_resources_311e93dc',
    parameters: ["kind","owner_id","page","size","fields","whole","known","max_bytes","beyond","owner_kind","tenancy","tenant"],
    text: "with kept as materialized (\n    select coalesce(sum(resource_counts.count), 0)::bigint as total\n    from resource_counts\n    where ($1::text is null or resource_counts.kind = $1::text)\n        and resource_counts.tenant = $12::text\n        and within_tenancy(resource_counts.tenancy, $11::jsonb)\n),\ncounted as materialized (\n    select case\n        when $7::bigint is not null then $7::bigint\n        when $6::boolean then kept.total\n        else (\n            select count(*)\n            from /* source: */ tenant_resources($1::text, $12::text) /* :source */ as resource\n            where /* scope: */ resource.kind = $1::text /* :scope */\n                and /* tenant: */ resource.tenant = $12::text and resource.tenant <> '' and within_tenancy(resource.tenancy, $11::jsonb) /* :tenant */\n                and ($2::text is null or resource.owner_id = as_uuid($2::text))\n                and /* filter: */ true /* :filter */\n        )\n    end as total\n    from kept\n),\n-- The ids of the page, and of one more resource if there is one. Either the index of the order is walked until\n-- the page is full, which takes about page * size * kept / total rows, or all matches are read and sorted:\n-- whichever is less. By the total, not by an estimate: with a wrong one, a page of few would walk through all.\npaged as materialized (\n    select case\n        when ($3::int - 1)::bigint * $4::int >= counted.total then array[]::uuid[] -- past the end\n        when $6::boolean or counted.total::numeric * counted.total > $3::int::numeric * $4::int * kept.total then array(\n            select resource.id\n            from /* source: */ tenant_resources($1::text, $12::text) /* :source */ as resource\n            where /* scope: */ resource.kind = $1::text /* :scope */\n                and /* tenant: */ resource.tenant = $12::text and resource.tenant <> '' and within_tenancy(resource.tenancy, $11::jsonb) /* :tenant */\n                and ($2::text is null or resource.owner_id = as_uuid($2::text))\n                and /* filter: */ true /* :filter */\n                and /* after: */ true /* :after */\n            order by /* order: */ resource.created_time desc, resource.id desc /* :order */\n            limit $4::int + 1\n            offset ($3::int - 1)::bigint * $4::int\n        )\n        else array(\n            select resource.id\n            from (\n                select\n                    resource.id, resource.kind, resource.name, resource.generation, resource.created_time,\n                    resource.updated_time, resource.deleted_time, resource.created_by, resource.updated_by,\n                    resource.deleted_by\n                from /* source: */ tenant_resources($1::text, $12::text) /* :source */ as resource\n                where /* scope: */ resource.kind = $1::text /* :scope */\n                    and /* tenant: */ resource.tenant = $12::text and resource.tenant <> '' and within_tenancy(resource.tenancy, $11::jsonb) /* :tenant */\n                    and ($2::text is null or resource.owner_id = as_uuid($2::text))\n                    and /* filter: */ true /* :filter */\n                    and /* after: */ true /* :after */\n                offset 0 -- keeps the planner from walking the index of the order\n            ) as resource\n            order by /* order: */ resource.created_time desc, resource.id desc /* :order */\n            limit $4::int + 1\n            offset ($3::int - 1)::bigint * $4::int\n        )\n    end as ids\n    from counted\n    cross join kept\n)\nselect\n    list_body(coalesce($1::text, 'Resource') || 'List', $3::int, counted.total, bodies.items) as body,\n    counted.total,\n    (\n        select /* keys: */ array[]::text[] /* :keys */\n        from resources as resource\n        where resource.id = paged.ids[cardinality(bodies.items)] and cardinality(paged.ids) > cardinality(bodies.items)\n    ) as last\nfrom find_parent($10::text, $2::text, $11::jsonb) as owner (id)\ncross join counted\ncross join paged\ncross join lateral (\n    select resource_bodies($1::text, paged.ids[:$4::int], $5::text[], $8::int, $9::text, $11::jsonb) as items\n    offset 0 -- made once\n) as bodies",
  },
  list_sampled_problems: {
    id: 'list_sampled_problems_61b738c7',
    parameters: ["after","size"],
    text: "with start as materialized (\n    select coalesce(\n        $1::uuid,\n        (\n            select uuid_v7(oldest.created_time + random() * (clock_timestamp() - oldest.created_time))\n            from resources as oldest\n            order by oldest.id\n            limit 1\n        )\n    ) as after\n),\n-- Sorted and limited before the check: otherwise all resources would be checked.\nseen as materialized (\n    select resource\n    from resources as resource\n    where resource.id > (select start.after from start)\n    order by resource.id\n    limit $2::int\n)\nselect (seen.resource).id, (seen.resource).kind, not kinds.stale as is_judged, found.problem\nfrom seen\ninner join kinds on kinds.kind = (seen.resource).kind\nleft join lateral (\n    select distinct stated.problem from resource_problems(seen.resource) as stated\n) as found on not kinds.stale\norder by (seen.resource).id",
  },
  list_schema: {
    id: 'list_schema_06970da3',
    parameters: [],
    text: "with relations as (\n    select\n        class.oid, class.relname as name, class.relkind as kind, class.reloptions as options,\n        pg_get_partkeydef(class.oid) as partitioning\n    from pg_class as class\n    where class.relnamespace = 'public'::regnamespace\n        and class.relkind in ('r', 'p', 'c')\n        and not class.relispartition\n        and class.relname <> 'schema_migrations'\n),\nmembers as (\n    select\n        attribute.attrelid as oid,\n        1 as part,\n        attribute.attnum::text as sort_key,\n        attribute.attname\n            || ' ' || format_type(attribute.atttypid, attribute.atttypmod)\n            || case when attribute.attcollation = '\"C\"'::regcollation then ' collate \"C\"' else '' end\n            || case when attribute.attnotnull then ' not null' else '' end\n            || coalesce(' default ' || pg_get_expr(fallback.adbin, fallback.adrelid), '') as text\n    from pg_attribute as attribute\n    left join pg_attrdef as fallback\n        on fallback.adrelid = attribute.attrelid\n        and fallback.adnum = attribute.attnum\n    where attribute.attnum > 0 and not attribute.attisdropped\n    union all\n    select\n        pg_constraint.conrelid,\n        2,\n        pg_constraint.conname,\n        'constraint ' || pg_constraint.conname || ' ' || pg_get_constraintdef(pg_constraint.oid)\n    from pg_constraint\n    where pg_constraint.contype <> 'n'\n),\ndefinitions as (\n    select\n        relations.name,\n        1 as part,\n        case relations.kind\n            when 'c' then 'create type ' || relations.name || ' as'\n            else 'create table ' || relations.name\n        end\n        || E' (\\n    '\n        || string_agg(members.text, E',\\n    ' order by members.part, lpad(members.sort_key, 64, '0'))\n        || E'\\n)' || coalesce(' partition by ' || relations.partitioning, '')\n        || coalesce(' with (' || array_to_string(relations.options, ', ') || ')', '') as text\n    from relations\n    inner join members on members.oid = relations.oid\n    group by relations.name, relations.kind, relations.options, relations.partitioning\n    union all\n    select pg_indexes.tablename, 2, pg_indexes.indexdef\n    from pg_indexes\n    where pg_indexes.schemaname = 'public'\n        and pg_indexes.indexname not in (select pg_constraint.conname from pg_constraint)\n        and pg_indexes.tablename in (select relations.name from relations)\n    union all\n    select relations.name, 3, pg_get_triggerdef(pg_trigger.oid)\n    from pg_trigger\n    inner join relations on relations.oid = pg_trigger.tgrelid\n    where not pg_trigger.tgisinternal\n)\nselect definitions.text as definition\nfrom definitions\norder by definitions.name, definitions.part, definitions.text",
  },
  list_tenancies: {
    id: 'list_tenancies_21d6e505',
    parameters: [],
    text: "select counted.tenant, counted.tenancy::text as tenancy\nfrom resource_counts as counted\nwhere counted.tenant <> ''\ngroup by counted.tenant, counted.tenancy\nhaving sum(counted.count) <> 0\norder by counted.tenant, counted.tenancy",
  },
  list_unfiltered_resources: {
    id: 'list_unfiltered_resources_00dee7a9',
    parameters: ["kind","size","fields","known","max_bytes","beyond","tenancy","tenant"],
    text: "with kept as materialized (\n    select coalesce(\n        $4::bigint,\n        (\n            select coalesce(sum(resource_counts.count), 0)::bigint\n            from resource_counts\n            where /* scope: */ resource_counts.kind = $1::text /* :scope */\n                and resource_counts.tenant = $8::text\n                and within_tenancy(resource_counts.tenancy, $7::jsonb)\n        )\n    ) as total\n),\n-- The ids of the page, and of one more resource if there is one.\npaged as materialized (\n    select array(\n        select page.id\n        from (\n            select resource.id\n            from /* source: */ tenant_resources($1::text, $8::text) /* :source */ as resource\n            where /* scope: */ resource.kind = $1::text /* :scope */\n                and /* tenant: */ resource.tenant = $8::text and resource.tenant <> '' and within_tenancy(resource.tenancy, $7::jsonb) /* :tenant */\n                and /* after: */ true /* :after */\n            order by /* order: */ resource.created_time desc, resource.id desc /* :order */\n            limit 501\n        ) as page\n        limit $2::int + 1\n    ) as ids\n)\nselect\n    list_body(coalesce($1::text, 'Resource') || 'List', 1, kept.total, bodies.items) as body,\n    kept.total,\n    (\n        select /* keys: */ array[]::text[] /* :keys */\n        from resources as resource\n        where resource.id = paged.ids[cardinality(bodies.items)] and cardinality(paged.ids) > cardinality(bodies.items)\n    ) as last\nfrom kept\ncross join paged\ncross join lateral (\n    select resource_bodies($1::text, paged.ids[:$2::int], $3::text[], $5::int, $6::text, $7::jsonb) as items\n    offset 0 -- made once\n) as bodies",
  },
  lock_batch: {
    id: 'lock_batch_f07ba9af',
    parameters: ["writes","tenancy"],
    text: "select lock_for_batch($1::jsonb, $2::jsonb)::text as done",
  },
  lock_migrations: {
    id: 'lock_migrations_aea9dc58',
    parameters: [],
    text: "select pg_try_advisory_xact_lock(hashtext('hyperfleet-api migrate')) as locked",
  },
  mark_dry_run: {
    id: 'mark_dry_run_f77cb591',
    parameters: [],
    text: "select set_config('hyperfleet.dry_run', 'true', true) as done",
  },
  patch_resource: {
    id: 'patch_resource_9fb6cf88',
    parameters: ["kind","owner_id","id","patch","is_merge","caller","if_match","max_bytes","at","maps","tenancy"],
    text: "select\n    resource_body(resource, own_kind, owner_kind, null) as body,\n    resource.version,\n    resource.generation_time = resource.updated_time\n        and resource.updated_time >= statement_timestamp() as started,\n    case when $10::boolean then condition_inputs(resource.id, false) end as inputs,\n    own_kind.condition_rules <> '[]' as has_rules\nfrom patch_resource(\n    $1::text,\n    $2::text,\n    $3::text,\n    case\n        when $9::int is null then $4::jsonb\n        else $4::jsonb || jsonb_build_object('generation', $9::int)\n    end,\n    $5::boolean,\n    $6::text,\n    $7::text,\n    $8::int,\n    $11::jsonb\n) as resource\ninner join kinds as own_kind on own_kind.kind = resource.kind\nleft join kinds as owner_kind on owner_kind.kind = own_kind.parent_kind",
  },
  remove_gone: {
    id: 'remove_gone_11513aae',
    parameters: ["ids"],
    text: "select done.removed, done.left_out::text as left_out from remove_gone($1::uuid[]) as done",
  },
  report_status: {
    id: 'report_status_dcd8bf60',
    parameters: ["kind","owner_id","id","report","max_clock_skew","max_age","maps","tenancy"],
    text: "select\n    report.discarded,\n    case when report.discarded is null then adapter_status_body(report.status) end as body,\n    case when $7::boolean and report.discarded is null then condition_inputs(as_uuid($3::text), false) end as inputs,\n    (select kinds.condition_rules <> '[]' from kinds where kinds.kind = $1::text) as has_rules\nfrom report_status($1::text, $2::text, $3::text, $4::jsonb, $5::interval, $6::interval, $8::jsonb) as report",
  },
  report_statuses: {
    id: 'report_statuses_c225683c',
    parameters: ["reports","max_clock_skew","max_age","tenancy"],
    text: "select\n    report.discarded,\n    case when report.discarded is null then adapter_status_body(report.status) end as body,\n    report.has_rules\nfrom report_statuses($1::jsonb, $2::interval, $3::interval, $4::jsonb) as report\norder by report.place",
  },
  rotate_changes: {
    id: 'rotate_changes_26d82495',
    parameters: ["retention","history_retention"],
    text: "select rotate_changes($1::interval, $2::interval)::text as done",
  },
  seed_resources: {
    id: 'seed_resources_1b472291',
    parameters: ["kind","owner_ids","first","count","prefix","failing","ended","total","tenancies","tenants"],
    text: "with numbered as (\n    select\n        owner.id as owner_id,\n        $3::int + (row_number() over (order by owner.position, one.number))::int - 1 as number,\n        case when owner.id is null then $3::int + one.number - 1 else one.number end as name_number,\n        parent.tenancy,\n        parent.tenant\n    from unnest(coalesce($2::uuid[], array[null::uuid])) with ordinality as owner (id, position)\n    cross join generate_series(1, $4::int) as one (number)\n    left join resources as parent on parent.id = owner.id\n),\ntimed as (\n    select\n        numbered.*,\n        $7::timestamptz - interval '1 minute'\n            - (interval '30 days' * (1 - numbered.number::float8 / $8::int)) as time,\n        numbered.number::bigint * $6::int / $8::int <> (numbered.number - 1)::bigint * $6::int / $8::int as failing\n    from numbered\n),\ndescribed as (\n    select\n        timed.*,\n        uuid_v7(timed.time) as id,\n        jsonb_build_object(\n            'environment', (array['production', 'production', 'production', 'staging', 'development'])[1 + timed.number % 5],\n            'region', 'region-' || timed.number % 12,\n            'app.kubernetes.io/managed-by', 'hyperfleet',\n            'hyperfleet.io/shard', (timed.number % 100)::text,\n            'example.com/customer', 'customer-' || timed.number / 10,\n            'tier', 'tier-' || timed.number % 3\n        ) as labels,\n        jsonb_build_object(\n            'region', 'region-' || timed.number % 12,\n            'replicas', 1 + timed.number % 7,\n            'release', jsonb_build_object(\n                'version', '4.' || timed.number % 20 || '.' || timed.number % 7,\n                'channel', 'stable',\n                'image', 'registry.example.com/release@sha256:' || encode(sha256(timed.number::text::bytea), 'hex')\n            ),\n            'networking', jsonb_build_object(\n                'clusterNetwork', jsonb_build_array(jsonb_build_object('cidr', '10.' || timed.number % 256 || '.0.0/14', 'hostPrefix', 23)),\n                'serviceNetwork', jsonb_build_array('172.30.0.0/16'),\n                'type', 'OVNKubernetes'\n            ),\n            'autoscaling', jsonb_build_object('enabled', timed.number % 2 = 0, 'min', 1, 'max', 10),\n            'zones', (\n                select jsonb_agg(jsonb_build_object(\n                    'name', 'zone-' || zone,\n                    'subnet', 'subnet-' || md5(timed.number || '/' || zone),\n                    'machineType', 'n2-standard-8',\n                    'disk', jsonb_build_object('type', 'ssd', 'sizeGiB', 120, 'key', md5(zone || ':' || timed.number))\n                ))\n                from generate_series(1, 3) as zone\n            ),\n            'identity', jsonb_build_object(\n                'issuer', 'https://issuer.example.com/' || md5(timed.number::text),\n                'pullSecret', md5('pull' || timed.number) || md5('secret' || timed.number)\n            )\n        ) as spec\n    from timed\n),\nreported as (\n    select\n        described.id,\n        adapter.name as adapter,\n        described.time + adapter.position * interval '2 seconds' as time,\n        judged.available,\n        case when judged.available then 'AllChecksPassed' else 'CheckFailed' end as reason,\n        'The adapter has looked at generation 1' as message\n    from described\n    inner join kinds on kinds.kind = $1::text\n    cross join unnest(kinds.required_adapters) with ordinality as adapter (name, position)\n    cross join lateral (\n        select not (described.failing and adapter.position = cardinality(kinds.required_adapters)) as available\n    ) as judged\n),\n-- Materialized: it is named three times, and would be computed as often.\naggregated as materialized (\n    select\n        described.*,\n        aggregate_conditions(\n            $1::text, 1, described.time, false, false, kinds.required_adapters, '[]',\n            coalesce(reports.of_resource, array[]::adapter_report[]), kinds.older_names, null\n        ) as conditions\n    from described\n    inner join kinds on kinds.kind = $1::text\n    left join (\n        select\n            reported.id,\n            array_agg(row(\n                reported.adapter, 1, reported.time, reported.available, reported.reason, reported.message, false\n            )::adapter_report) as of_resource\n        from reported\n        group by reported.id\n    ) as reports on reports.id = described.id\n),\ninserted as (\n    insert into resources (\n        id, kind, owner_id, name, labels, label_pairs, spec, generation, generation_time, version,\n        created_time, updated_time, created_by, updated_by, conditions, states, unreconciled_since, tenancy, tenant\n    )\n    select\n        aggregated.id,\n        $1::text,\n        aggregated.owner_id,\n        $5::text || aggregated.name_number,\n        aggregated.labels,\n        label_pairs(aggregated.labels),\n        aggregated.spec,\n        1,\n        aggregated.time,\n        1,\n        aggregated.time,\n        aggregated.time,\n        'seed@hyperfleet.local',\n        'seed@hyperfleet.local',\n        aggregated.conditions::json,\n        condition_states(aggregated.conditions),\n        unreconciled_since(aggregated.conditions),\n        coalesce(aggregated.tenancy, ($9::text[])[1 + (aggregated.number - 1) % cardinality($9::text[])]::jsonb),\n        coalesce(aggregated.tenant, ($10::text[])[1 + (aggregated.number - 1) % cardinality($10::text[])])\n    from aggregated\n    order by aggregated.number\n    returning\n        resources.kind, resources.id, resources.owner_id, resources.version, resources.generation, resources.tenancy,\n        resources.created_by\n),\nlogged as (\n    insert into changes (type, kind, resource_id, owner_id, version, generation, tenancy, caller, changed)\n    select\n        'created', inserted.kind, inserted.id, inserted.owner_id, inserted.version, inserted.generation, inserted.tenancy,\n        inserted.created_by, '{}'\n    from inserted\n),\ninserted_reports as (\n    insert into adapter_statuses (\n        resource_id, adapter, observed_generation, created_time, last_report_time, available,\n        available_reason, available_message, finalized, conditions, data\n    )\n    select\n        reported.id,\n        reported.adapter,\n        1,\n        reported.time,\n        reported.time,\n        reported.available,\n        reported.reason,\n        reported.message,\n        false,\n        (\n            select jsonb_agg(jsonb_build_object(\n                'type', condition.type,\n                'status', case when condition.type = 'Available' and not reported.available then 'False' else 'True' end,\n                'reason', reported.reason,\n                'message', reported.message,\n                'last_transition_time', format_time(reported.time)\n            ))\n            from unnest(array['Available', 'Applied', 'Health']) as condition (type)\n        ),\n        jsonb_build_object('job', 'job-' || md5(reported.adapter || reported.id), 'attempts', 1, 'seconds', 12.5)\n    from reported\n)\nselect array(select described.id from described order by described.number) as ids",
  },
  set_row_security: {
    id: 'set_row_security_e43b31b3',
    parameters: ["is_on"],
    text: "select set_row_security($1::boolean) is not null as done",
  },
  store_mapped_conditions: {
    id: 'store_mapped_conditions_ffe933c3',
    parameters: ["changes"],
    text: "select change.id::text as id, stored.body, stored.version\nfrom jsonb_to_recordset($1::jsonb) as change (id uuid, version int, results jsonb)\nleft join lateral store_mapped_conditions(change.id, change.version, change.results) as stored on true",
  },
  summarize_resources: {
    id: 'summarize_resources_8cc9af63',
    parameters: ["kind","tenancy","tenant","group_by","max_groups"],
    text: "with counted as materialized (\n    select\n        /* group: */ null::text /* :group */ as group_value,\n        hash_array_extended(resource.states, 0) as states_hash,\n        count(*) as total,\n        min(resource.id::text collate \"C\") as example_id\n    from /* source: */ tenant_resources($1::text, $3::text) /* :source */ as resource\n    where /* scope: */ resource.kind = $1::text /* :scope */\n        and /* tenant: */ resource.tenant = $3::text and resource.tenant <> '' and within_tenancy(resource.tenancy, $2::jsonb) /* :tenant */\n        and /* filter: */ true /* :filter */\n    group by group_value, states_hash\n),\nsized as (\n    select counted.*, sum(counted.total) over (partition by counted.group_value) as group_total\n    from counted\n),\n-- The place of each group: the largest first, and of equal ones by their value, resources without one last.\nplaced as materialized (\n    select\n        sized.*,\n        dense_rank() over (order by sized.group_total desc, sized.group_value collate \"C\" nulls last) as place\n    from sized\n),\n-- The counts of the groups that are told, and of the others as one group behind them.\ntold as materialized (\n    select\n        least(placed.place, $5::int + 1) as place,\n        case when placed.place <= $5::int then placed.group_value end as group_value,\n        placed.states_hash,\n        sum(placed.total) as total,\n        min(placed.example_id) as example_id\n    from placed\n    group by 1, 2, 3\n),\n-- By their ids: there are few.\nknown as materialized (\n    select combined.states_hash, resource.states\n    from (select told.states_hash, min(told.example_id)::uuid as id from told group by told.states_hash) as combined\n    inner join resources as resource\n        on resource.id = combined.id\n        and ($3::text = '' or resource.tenant = $3::text)\n        and within_tenancy(resource.tenancy, $2::jsonb)\n),\n-- Ready and Available are among the states also where conditions are not shown under these names.\nshown as materialized (\n    select\n        known.states_hash,\n        split_part(state.name, '=', 1) as type,\n        split_part(state.name, '=', 2) as status\n    from known\n    cross join unnest(known.states) as state (name)\n    where split_part(state.name, '=', 1) not in ('Ready', 'Available')\n        or exists (select from kinds where kinds.older_names and ($1::text is null or kinds.kind = $1::text))\n),\nstated as (\n    select told.place, shown.type, shown.status, sum(told.total) as total\n    from told\n    inner join shown on shown.states_hash = told.states_hash\n    group by grouping sets ((told.place, shown.type, shown.status), (shown.type, shown.status))\n),\ntyped as (\n    select stated.place, stated.type, json_object_agg(stated.status, stated.total order by stated.status) as statuses\n    from stated\n    group by stated.place, stated.type\n),\n-- The conditions of each group, and those of all without a place.\nconditions as materialized (\n    select typed.place, json_object_agg(typed.type, typed.statuses order by typed.type) as counts\n    from typed\n    group by typed.place\n),\ngrouped as (\n    select told.place, told.group_value, sum(told.total) as total\n    from told\n    group by told.place, told.group_value\n),\ndescribed as (\n    select\n        grouped.place,\n        json_build_object(\n            'value', grouped.group_value,\n            'total', grouped.total,\n            'conditions', coalesce(conditions.counts, '{}')\n        ) as group_body\n    from grouped\n    left join conditions on conditions.place = grouped.place\n)\nselect json_strip_nulls(\n    json_build_object(\n        'kind', 'Summary',\n        'group_by', $4::text,\n        'total', (select coalesce(sum(told.total), 0) from told),\n        'conditions', coalesce((select conditions.counts from conditions where conditions.place is null), '{}'),\n        'groups', case when $4::text is not null then coalesce(\n            (\n                select json_agg(described.group_body order by described.place)\n                from described\n                where described.place <= $5::int\n            ),\n            '[]'\n        ) end,\n        'others', (\n            select json_build_object(\n                'groups', (select max(placed.place) - $5::int from placed),\n                'total', grouped.total,\n                'conditions', coalesce(conditions.counts, '{}')\n            )\n            from grouped\n            left join conditions on conditions.place = grouped.place\n            where grouped.place > $5::int\n        )\n    )\n)::text as body",
  },
  update_conditions: {
    id: 'update_conditions_024d7cbb',
    parameters: ["id"],
    text: "select recompute_resource($1::uuid)::text as done",
  },
  update_kept_answer: {
    id: 'update_kept_answer_468b0363',
    parameters: ["caller","scope","owner_id","key","body","version"],
    text: "with updated as (\n    update idempotency_keys as kept\n    set body = $5::text,\n        version = $6::int\n    where kept.caller = $1::text\n        and kept.kind = $2::text\n        and kept.owner_id = coalesce($3::text, '')\n        and kept.key = $4::text\n    returning kept.key\n)\nselect count(*) > 0 as done\nfrom updated",
  },
  update_kind_stale: {
    id: 'update_kind_stale_1d04c0cd',
    parameters: ["kind","stale"],
    text: "update kinds\nset stale = $2::boolean\nwhere $1::text is null or kinds.kind = $1::text",
  },
  update_older_names: {
    id: 'update_older_names_07ecda8b',
    parameters: ["older_names"],
    text: "update kinds\nset older_names = $1::boolean, stale = true\nwhere kinds.older_names <> $1::boolean",
  },
  update_tenants: {
    id: 'update_tenants_0c4495ed',
    parameters: ["tenancy","from","to","size"],
    text: "with chosen as (\n    select resource.id\n    from resources as resource\n    inner join kinds on kinds.kind = resource.kind -- so that the index by kind and tenant finds them\n    where resource.tenant = $2::text and resource.tenant <> '' and resource.tenancy = $1::jsonb\n    limit $4::int\n    for no key update of resource\n),\nupdated as (\n    update resources as resource\n    set tenant = $3::text\n    from chosen\n    where resource.id = chosen.id\n    returning resource.kind\n),\nchanges as (\n    select updated.kind, change.tenant, change.sign * count(*) as count\n    from updated\n    cross join (values ($2::text, -1), ($3::text, 1)) as change (tenant, sign)\n    group by updated.kind, change.tenant, change.sign\n),\nkept as (\n    insert into resource_counts as counted (kind, tenant, tenancy, slot, count)\n    select changes.kind, changes.tenant, $1::jsonb, count_slot(changes.tenant), changes.count\n    from changes\n    order by changes.kind, changes.tenant\n    on conflict (kind, tenant, tenancy, slot) do update\n    set count = counted.count + excluded.count\n)\nselect count(*)::int as updated\nfrom updated",
  },
  upsert_applied_functions: {
    id: 'upsert_applied_functions_903836dc',
    parameters: ["release","hash","rules_hash"],
    text: "insert into applied_functions (release, hash, rules_hash)\nvalues ($1::text, $2::text, $3::text)\non conflict (singleton) do update\nset release = excluded.release,\n    hash = excluded.hash,\n    rules_hash = excluded.rules_hash",
  },
  upsert_kept_answer: {
    id: 'upsert_kept_answer_10f3fc97',
    parameters: ["caller","scope","key","hash","key_ttl","body"],
    text: "select keep_answer($1::text, $2::text, '', $3::text, decode($4::text, 'hex'), $6::text, '', 1, $5::interval)::text as done",
  },
  upsert_kind: {
    id: 'upsert_kind_895f6bd7',
    parameters: ["kind","plural","base_path","parent_kind","on_parent_delete","required_adapters","reference_types","generation_on","older_names","condition_rules"],
    text: "select set_kind(\n    $1::text, $2::text, $3::text, $4::text, $5::text, $6::text[], $7::jsonb, $8::text, $9::boolean, $10::jsonb\n)::text as done",
  }
}

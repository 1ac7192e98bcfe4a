// Made by `npm run generate`; edit the source instead.

/** What each file of sql/queries takes and returns, by its header. */
export interface Queries {
  check_database: {
    parameters: {}
    row: { server_version: number; migrated: boolean }
  }
  create_resource: {
    parameters: { kind: string; owner_id: string | null; body: string; caller: string; key: string | null; key_ttl: string }
    row: { body: string; href: string; version: number }
  }
  delete_resource: {
    parameters: { kind: string; owner_id: string | null; id: string; caller: string; if_match: string | null }
    row: { body: string; version: number }
  }
  force_delete_resource: {
    parameters: { kind: string; owner_id: string | null; id: string; if_match: string | null }
    row: { removed: string }
  }
  get_applied_functions: {
    parameters: {}
    row: { release: string; hash: string; rules_hash: string }
  }
  get_resource: {
    parameters: { kind: string; owner_id: string | null; id: string; if_none_match: string | null; fields: string[] | null }
    row: { body: string | null; version: number }
  }
  get_schema_version: {
    parameters: {}
    row: { version: number }
  }
  list_adapter_statuses: {
    parameters: { kind: string; owner_id: string | null; id: string; page: number; size: number }
    row: { body: string }
  }
  list_inconsistencies: {
    parameters: {}
    row: { problem: string; kind: string; id: string | null; detail: string | null }
  }
  list_kinds: {
    parameters: {}
    row: { kind: string; required_adapters: string[]; stale: boolean }
  }
  list_resource_ids: {
    parameters: { kind: string; after: string | null; size: number }
    row: { id: string }
  }
  list_resources: {
    parameters: { kind: string; owner_id: string | null; page: number; size: number; fields: string[] | null; counted: boolean; known: string | null }
    row: { body: string; total: string; last: string[] | null }
  }
  list_schema: {
    parameters: {}
    row: { definition: string }
  }
  lock_migrations: {
    parameters: {}
    row: { locked: boolean }
  }
  patch_resource: {
    parameters: { kind: string; owner_id: string | null; id: string; patch: string; is_merge: boolean; caller: string; if_match: string | null; max_bytes: number }
    row: { body: string; version: number }
  }
  report_status: {
    parameters: { kind: string; owner_id: string | null; id: string; report: string; max_clock_skew: string; max_age: string | null }
    row: { discarded: string | null; body: string | null }
  }
  update_conditions: {
    parameters: { id: string }
    row: { done: string | null }
  }
  update_kind_stale: {
    parameters: { kind: string | null; stale: boolean }
    row: {}
  }
  upsert_applied_functions: {
    parameters: { release: string; hash: string; rules_hash: string }
    row: {}
  }
  upsert_kind: {
    parameters: { kind: string; plural: string; base_path: string; parent_kind: string | null; required_adapters: string[] }
    row: { done: string | null }
  }
}

/** The statements of sql/queries: the order of their parameters and their text; ids differ when texts do. */
export const queries: { [Name in keyof Queries]: { id: string; parameters: string[]; text: string } } = {
  check_database: {
    id: 'check_database_8123ec70',
    parameters: [],
    text: "select\n    current_setting('server_version_num')::int as server_version,\n    to_regclass('applied_functions') is not null as migrated",
  },
  create_resource: {
    id: 'create_resource_83ea3b32',
    parameters: ["kind","owner_id","body","caller","key","key_ttl"],
    text: "select created.body, created.href, created.version\nfrom create_resource_once($1::text, $2::text, $3::text, $4::text, $5::text, $6::interval) as created",
  },
  delete_resource: {
    id: 'delete_resource_007b67b7',
    parameters: ["kind","owner_id","id","caller","if_match"],
    text: "select resource_body(resource, own_kind, owner_kind, null) as body, resource.version\nfrom delete_resource($1::text, $2::text, $3::text, $4::text, $5::text) as resource\ninner join kinds as own_kind on own_kind.kind = resource.kind\nleft join kinds as owner_kind on owner_kind.kind = own_kind.parent_kind",
  },
  force_delete_resource: {
    id: 'force_delete_resource_42a95c2d',
    parameters: ["kind","owner_id","id","if_match"],
    text: "select force_delete_resource($1::text, $2::text, $3::text, $4::text)::text as removed",
  },
  get_applied_functions: {
    id: 'get_applied_functions_6027a560',
    parameters: [],
    text: "select applied_functions.release, applied_functions.hash, applied_functions.rules_hash\nfrom applied_functions",
  },
  get_resource: {
    id: 'get_resource_0ccb0466',
    parameters: ["kind","owner_id","id","if_none_match","fields"],
    text: "select\n    case\n        when resource.id is null then raise_not_found($1::text, $2::text, $3::text)\n        when $4::text is null or not has_tag($4::text, resource.version)\n            then resource_body(resource, own_kind, owner_kind, $5::text[])\n    end as body,\n    resource.version\nfrom kinds as own_kind\nleft join kinds as owner_kind on owner_kind.kind = own_kind.parent_kind\nleft join resources as resource\n    on resource.id = as_uuid($3::text)\n    and resource.kind = own_kind.kind\n    and ($2::text is null or resource.owner_id = as_uuid($2::text))\nwhere own_kind.kind = $1::text",
  },
  get_schema_version: {
    id: 'get_schema_version_30ba0d8d',
    parameters: [],
    text: "select coalesce(max(schema_migrations.version), 0)::int as version\nfrom schema_migrations",
  },
  list_adapter_statuses: {
    id: 'list_adapter_statuses_83c54eda',
    parameters: ["kind","owner_id","id","page","size"],
    text: "select\n    list_body(\n        'AdapterStatusList',\n        $4::int,\n        (\n            select count(*)\n            from adapter_statuses as status\n            where status.resource_id = resource.id and /* filter: */ true /* :filter */\n        ),\n        array(\n            select adapter_status_body(status)\n            from adapter_statuses as status\n            where status.resource_id = resource.id and /* filter: */ true /* :filter */\n            order by /* order: */ status.adapter /* :order */\n            limit $5::int\n            offset ($4::int - 1)::bigint * $5::int\n        )\n    ) as body\nfrom find_resource($1::text, $2::text, $3::text) as resource",
  },
  list_inconsistencies: {
    id: 'list_inconsistencies_725cc427',
    parameters: [],
    text: "with judged as (\n    select\n        resource,\n        current_conditions(resource) as by_rules,\n        -- As if there had been no conditions before: what follows from the reports alone.\n        current_conditions(jsonb_populate_record(resource, '{\"conditions\": []}'::jsonb)) as from_reports,\n        exists (select from resources as child where child.owner_id = resource.id) as has_children,\n        cardinality(kinds.required_adapters) = 0 as needs_no_adapter\n    from resources as resource\n    inner join kinds on kinds.kind = resource.kind\n),\nfacts as (\n    select stored.resource_id, stored.entries -> 'type' as type, stored.entries - array[\n        'type', 'created_time', 'last_transition_time'\n    ] as fact, stored.source\n    from (\n        select (judged.resource).id as resource_id, jsonb_array_elements((judged.resource).conditions) as entries, 1 as source\n        from judged\n        union all\n        select (judged.resource).id, jsonb_array_elements(judged.from_reports), 2\n        from judged\n    ) as stored\n    where stored.entries ->> 'type' in ('Reconciled', 'Ready')\n)\nselect 'the conditions are not what the rules make of the reports' as problem, (judged.resource).kind, (judged.resource).id::text as id, judged.by_rules::text as detail\nfrom judged\nwhere judged.by_rules <> (judged.resource).conditions\nunion all\nselect 'a condition does not follow from the reports', resource.kind, resource.id::text, facts.fact::text\nfrom facts\ninner join facts as expected on expected.resource_id = facts.resource_id and expected.type = facts.type and expected.source = 2\ninner join resources as resource on resource.id = facts.resource_id\nwhere facts.source = 1 and facts.fact <> expected.fact\nunion all\nselect 'states do not follow from the conditions', resource.kind, resource.id::text, resource.states::text\nfrom resources as resource\nwhere resource.states <> condition_states(resource.conditions)\nunion all\nselect 'the time of being unreconciled does not follow from the conditions', resource.kind, resource.id::text, resource.unreconciled_since::text\nfrom resources as resource\nwhere resource.unreconciled_since is distinct from unreconciled_since(resource.conditions)\nunion all\nselect 'label pairs do not follow from the labels', resource.kind, resource.id::text, resource.label_pairs::text\nfrom resources as resource\nwhere resource.label_pairs <> label_pairs(resource.labels)\nunion all\nselect 'marked for deletion, complete and childless, and still there', (judged.resource).kind, (judged.resource).id::text, null\nfrom judged\nwhere (judged.resource).deleted_time is not null\n    and not judged.has_children\n    and (judged.needs_no_adapter or 'Reconciled=True' = any (condition_states(judged.from_reports)))\nunion all\nselect 'a child that is not marked under a parent that is', child.kind, child.id::text, owner.id::text\nfrom resources as child\ninner join resources as owner on owner.id = child.owner_id\nwhere child.deleted_time is null and owner.deleted_time is not null\nunion all\nselect 'the parent is missing or of the wrong kind', child.kind, child.id::text, child.owner_id::text\nfrom resources as child\ninner join kinds on kinds.kind = child.kind\nleft join resources as owner on owner.id = child.owner_id\nwhere owner.kind is distinct from kinds.parent_kind\nunion all\nselect 'a report without a resource', 'AdapterStatus', status.resource_id::text, status.adapter\nfrom adapter_statuses as status\nwhere not exists (select from resources as resource where resource.id = status.resource_id)\nunion all\nselect 'a report of a generation that was never reached', resource.kind, resource.id::text, status.adapter\nfrom adapter_statuses as status\ninner join resources as resource on resource.id = status.resource_id\nwhere status.observed_generation > resource.generation\nunion all\nselect 'a name that is held twice', resource.kind, min(resource.id::text), resource.name\nfrom resources as resource\nwhere resource.deleted_time is null\ngroup by resource.kind, resource.owner_id, resource.name\nhaving count(*) > 1\nunion all\nselect 'times out of order', resource.kind, resource.id::text, null\nfrom resources as resource\nwhere resource.updated_time < resource.created_time\n    or resource.generation_time < resource.created_time\n    or resource.generation_time > resource.updated_time\n    or resource.deleted_time <> resource.generation_time\nunion all\nselect 'the kept count is wrong', kinds.kind, null, counted.total || ' kept, ' || actual.total || ' there'\nfrom kinds\ncross join lateral (\n    select coalesce(sum(resource_counts.count), 0) as total\n    from resource_counts\n    where resource_counts.kind = kinds.kind\n) as counted\ncross join lateral (\n    select count(*) as total\n    from resources as resource\n    where resource.kind = kinds.kind\n) as actual\nwhere counted.total <> actual.total\norder by problem, kind, id",
  },
  list_kinds: {
    id: 'list_kinds_9994445e',
    parameters: [],
    text: "select kinds.kind, kinds.required_adapters, kinds.stale\nfrom kinds\norder by kinds.kind",
  },
  list_resource_ids: {
    id: 'list_resource_ids_bf3ce6cb',
    parameters: ["kind","after","size"],
    text: "select resource.id\nfrom resources as resource\nwhere resource.kind = $1::text\n    and ($2::uuid is null or resource.id > $2::uuid)\norder by resource.id\nlimit $3::int",
  },
  list_resources: {
    id: 'list_resources_c8499243',
    parameters: ["kind","owner_id","page","size","fields","counted","known"],
    text: "with kept as materialized (\n    select coalesce(sum(resource_counts.count), 0)::bigint as total\n    from resource_counts\n    where resource_counts.kind = $1::text\n),\ncounted as materialized (\n    select case\n        when $7::bigint is not null then $7::bigint\n        when $6::boolean then kept.total\n        else (\n            select count(*)\n            from resources as resource\n            where resource.kind = $1::text\n                and ($2::text is null or resource.owner_id = as_uuid($2::text))\n                and /* filter: */ true /* :filter */\n        )\n    end as total\n    from kept\n),\n-- The ids of the page, and of one more resource if there is one. Either the index of the order is walked until\n-- the page is full, which takes about size * kept / total rows, or all matches are read and sorted: whichever is\n-- less. By the total, not by an estimate: with a wrong one, a page of few would walk through everything.\npaged as materialized (\n    select case\n        when $6::boolean or counted.total::numeric * counted.total > $4::int::numeric * kept.total then array(\n            select resource.id\n            from resources as resource\n            where resource.kind = $1::text\n                and ($2::text is null or resource.owner_id = as_uuid($2::text))\n                and /* filter: */ true /* :filter */\n                and /* after: */ true /* :after */\n            order by /* order: */ resource.created_time desc, resource.id desc /* :order */\n            limit $4::int + 1\n            offset ($3::int - 1)::bigint * $4::int\n        )\n        else array(\n            select resource.id\n            from (\n                select\n                    resource.id, resource.kind, resource.name, resource.generation, resource.created_time,\n                    resource.updated_time, resource.deleted_time, resource.created_by, resource.updated_by,\n                    resource.deleted_by\n                from resources as resource\n                where resource.kind = $1::text\n                    and ($2::text is null or resource.owner_id = as_uuid($2::text))\n                    and /* filter: */ true /* :filter */\n                    and /* after: */ true /* :after */\n                offset 0 -- keeps the planner from walking the index of the order\n            ) as resource\n            order by /* order: */ resource.created_time desc, resource.id desc /* :order */\n            limit $4::int + 1\n            offset ($3::int - 1)::bigint * $4::int\n        )\n    end as ids\n    from counted\n    cross join kept\n)\nselect\n    list_body(\n        $1::text || 'List',\n        $3::int,\n        counted.total,\n        resource_bodies($1::text, paged.ids[:$4::int], $5::text[])\n    ) as body,\n    counted.total,\n    (\n        select /* keys: */ array[]::text[] /* :keys */\n        from resources as resource\n        where resource.id = paged.ids[$4::int] and cardinality(paged.ids) > $4::int\n    ) as last\nfrom find_owner($1::text, $2::text) as owner (id)\ncross join counted\ncross join paged",
  },
  list_schema: {
    id: 'list_schema_7fc8a408',
    parameters: [],
    text: "with relations as (\n    select class.oid, class.relname as name, class.relkind as kind, class.reloptions as options\n    from pg_class as class\n    where class.relnamespace = 'public'::regnamespace\n        and class.relkind in ('r', 'c')\n        and class.relname <> 'schema_migrations'\n),\nmembers as (\n    select\n        attribute.attrelid as oid,\n        1 as part,\n        attribute.attnum::text as sort_key,\n        attribute.attname\n            || ' ' || format_type(attribute.atttypid, attribute.atttypmod)\n            || case when attribute.attcollation = '\"C\"'::regcollation then ' collate \"C\"' else '' end\n            || case when attribute.attnotnull then ' not null' else '' end\n            || coalesce(' default ' || pg_get_expr(fallback.adbin, fallback.adrelid), '') as text\n    from pg_attribute as attribute\n    left join pg_attrdef as fallback\n        on fallback.adrelid = attribute.attrelid\n        and fallback.adnum = attribute.attnum\n    where attribute.attnum > 0 and not attribute.attisdropped\n    union all\n    select\n        pg_constraint.conrelid,\n        2,\n        pg_constraint.conname,\n        'constraint ' || pg_constraint.conname || ' ' || pg_get_constraintdef(pg_constraint.oid)\n    from pg_constraint\n    where pg_constraint.contype <> 'n'\n),\ndefinitions as (\n    select\n        relations.name,\n        1 as part,\n        case relations.kind\n            when 'r' then 'create table ' || relations.name\n            else 'create type ' || relations.name || ' as'\n        end\n        || E' (\\n    '\n        || string_agg(members.text, E',\\n    ' order by members.part, lpad(members.sort_key, 64, '0'))\n        || E'\\n)' || coalesce(' with (' || array_to_string(relations.options, ', ') || ')', '') as text\n    from relations\n    inner join members on members.oid = relations.oid\n    group by relations.name, relations.kind, relations.options\n    union all\n    select pg_indexes.tablename, 2, pg_indexes.indexdef\n    from pg_indexes\n    where pg_indexes.schemaname = 'public'\n        and pg_indexes.indexname not in (select pg_constraint.conname from pg_constraint)\n        and pg_indexes.tablename <> 'schema_migrations'\n    union all\n    select relations.name, 3, pg_get_triggerdef(pg_trigger.oid)\n    from pg_trigger\n    inner join relations on relations.oid = pg_trigger.tgrelid\n    where not pg_trigger.tgisinternal\n)\nselect definitions.text as definition\nfrom definitions\norder by definitions.name, definitions.part, definitions.text",
  },
  lock_migrations: {
    id: 'lock_migrations_7b6c971c',
    parameters: [],
    text: "select pg_try_advisory_lock(hashtext('hyperfleet-api migrate')) as locked",
  },
  patch_resource: {
    id: 'patch_resource_1608d8ad',
    parameters: ["kind","owner_id","id","patch","is_merge","caller","if_match","max_bytes"],
    text: "select resource_body(resource, own_kind, owner_kind, null) as body, resource.version\nfrom patch_resource(\n    $1::text, $2::text, $3::text, $4::jsonb, $5::boolean, $6::text, $7::text, $8::int\n) as resource\ninner join kinds as own_kind on own_kind.kind = resource.kind\nleft join kinds as owner_kind on owner_kind.kind = own_kind.parent_kind",
  },
  report_status: {
    id: 'report_status_0a1ee74c',
    parameters: ["kind","owner_id","id","report","max_clock_skew","max_age"],
    text: "select\n    report.discarded,\n    adapter_status_body(report.status) as body\nfrom report_status($1::text, $2::text, $3::text, $4::jsonb, $5::interval, $6::interval) as report",
  },
  update_conditions: {
    id: 'update_conditions_024d7cbb',
    parameters: ["id"],
    text: "select recompute_resource($1::uuid)::text as done",
  },
  update_kind_stale: {
    id: 'update_kind_stale_1d04c0cd',
    parameters: ["kind","stale"],
    text: "update kinds\nset stale = $2::boolean\nwhere $1::text is null or kinds.kind = $1::text",
  },
  upsert_applied_functions: {
    id: 'upsert_applied_functions_903836dc',
    parameters: ["release","hash","rules_hash"],
    text: "insert into applied_functions (release, hash, rules_hash)\nvalues ($1::text, $2::text, $3::text)\non conflict (singleton) do update\nset release = excluded.release,\n    hash = excluded.hash,\n    rules_hash = excluded.rules_hash",
  },
  upsert_kind: {
    id: 'upsert_kind_5a5fbf84',
    parameters: ["kind","plural","base_path","parent_kind","required_adapters"],
    text: "select set_kind($1::text, $2::text, $3::text, $4::text, $5::text[])::text as done",
  }
}

// Made by `npm run generate`; edit the source instead.

/** What each file of sql/queries takes and returns, by its header. */
export interface Queries {
  check_database: {
    parameters: {}
    row: { server_version: number; migrated: boolean }
  }
  create_resource: {
    parameters: { kind: string; owner_id: string | null; body: string; caller: string }
    row: { body: string; href: string }
  }
  get_functions_hash: {
    parameters: {}
    row: { hash: string }
  }
  get_resource: {
    parameters: { kind: string; owner_id: string | null; id: string }
    row: { body: string }
  }
  list_adapter_statuses: {
    parameters: { kind: string; owner_id: string | null; id: string; page: number; size: number }
    row: { body: string }
  }
  list_kinds: {
    parameters: {}
    row: { kind: string; required_adapters: string[] }
  }
  list_resource_ids: {
    parameters: { kind: string; after: string | null; size: number }
    row: { id: string }
  }
  list_resources: {
    parameters: { kind: string; owner_id: string | null; page: number; size: number; counted: boolean }
    row: { body: string }
  }
  list_schema: {
    parameters: {}
    row: { definition: string }
  }
  lock_migrations: {
    parameters: {}
    row: { locked: boolean }
  }
  report_status: {
    parameters: { kind: string; owner_id: string | null; id: string; report: string; max_clock_skew: string; max_age: string | null }
    row: { discarded: string | null; body: string | null }
  }
  update_conditions: {
    parameters: { id: string }
    row: { done: string | null }
  }
  upsert_functions_hash: {
    parameters: { hash: string }
    row: {}
  }
  upsert_kind: {
    parameters: { kind: string; plural: string; base_path: string; parent_kind: string | null; required_adapters: string[] }
    row: { changed: boolean }
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
    id: 'create_resource_3080cd3f',
    parameters: ["kind","owner_id","body","caller"],
    text: "select\n    resource_body(resource, own_kind, owner_kind) as body,\n    own_kind.base_path || '/' || own_kind.plural || '/' || resource.id as href\nfrom create_resource($1::text, $2::text, $3::jsonb, $4::text) as resource\ninner join kinds as own_kind on own_kind.kind = resource.kind\nleft join kinds as owner_kind on owner_kind.kind = own_kind.parent_kind",
  },
  get_functions_hash: {
    id: 'get_functions_hash_3a0b46c5',
    parameters: [],
    text: "select applied_functions.hash\nfrom applied_functions",
  },
  get_resource: {
    id: 'get_resource_50b8c091',
    parameters: ["kind","owner_id","id"],
    text: "select\n    case\n        when resource.id is null then raise_not_found($1::text, $2::text, $3::text)\n        else resource_body(resource, own_kind, owner_kind)\n    end as body\nfrom kinds as own_kind\nleft join kinds as owner_kind on owner_kind.kind = own_kind.parent_kind\nleft join resources as resource\n    on resource.id = as_uuid($3::text)\n    and resource.kind = own_kind.kind\n    and ($2::text is null or resource.owner_id = as_uuid($2::text))\nwhere own_kind.kind = $1::text",
  },
  list_adapter_statuses: {
    id: 'list_adapter_statuses_96deb503',
    parameters: ["kind","owner_id","id","page","size"],
    text: "select\n    list_body(\n        'AdapterStatusList',\n        $4::int,\n        (\n            select count(*)\n            from adapter_statuses as status\n            where status.resource_id = resource.id and /* filter: */ true /* :filter */\n        ),\n        array(\n            select adapter_status_body(status)\n            from adapter_statuses as status\n            where status.resource_id = resource.id and /* filter: */ true /* :filter */\n            order by /* order: */ status.adapter /* :order */\n            limit $5::int\n            offset ($4::int - 1)::bigint * $5::int\n        )\n    ) as body\nfrom find_resource($1::text, $2::text, $3::text) as resource (id)",
  },
  list_kinds: {
    id: 'list_kinds_2bb05d44',
    parameters: [],
    text: "select kinds.kind, kinds.required_adapters\nfrom kinds\norder by kinds.kind",
  },
  list_resource_ids: {
    id: 'list_resource_ids_bf3ce6cb',
    parameters: ["kind","after","size"],
    text: "select resource.id\nfrom resources as resource\nwhere resource.kind = $1::text\n    and ($2::uuid is null or resource.id > $2::uuid)\norder by resource.id\nlimit $3::int",
  },
  list_resources: {
    id: 'list_resources_be9501a8',
    parameters: ["kind","owner_id","page","size","counted"],
    text: "select\n    list_body(\n        $1::text || 'List',\n        $3::int,\n        case\n            when $5::boolean then (\n                select coalesce(sum(counted.count), 0)::bigint\n                from resource_counts as counted\n                where counted.kind = $1::text\n            )\n            else (\n                select count(*)\n                from resources as resource\n                where resource.kind = $1::text and /* filter: */ true /* :filter */\n            )\n        end,\n        array(\n            select resource_body(resource, own_kind, owner_kind)\n            from resources as resource\n            cross join kinds as own_kind\n            left join kinds as owner_kind on owner_kind.kind = own_kind.parent_kind\n            where resource.kind = $1::text\n                and own_kind.kind = $1::text\n                and /* filter: */ true /* :filter */\n            order by /* order: */ resource.created_time desc, resource.id desc /* :order */\n            limit $4::int\n            offset ($3::int - 1)::bigint * $4::int\n        )\n    ) as body\nfrom find_owner($1::text, $2::text) as owner (id)",
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
  upsert_functions_hash: {
    id: 'upsert_functions_hash_6c0e02d3',
    parameters: ["hash"],
    text: "insert into applied_functions (hash)\nvalues ($1::text)\non conflict (singleton) do update\nset hash = excluded.hash",
  },
  upsert_kind: {
    id: 'upsert_kind_52fd4ee6',
    parameters: ["kind","plural","base_path","parent_kind","required_adapters"],
    text: "select set_kind($1::text, $2::text, $3::text, $4::text, $5::text[]) as changed",
  }
}

-- check_database: whether a server can use the database, and the session that asks, as they are set up.
--
-- A role, a database or a pooler can change settings that the rules depend on. Of the settings that would change results,
-- most do not matter here (test/faults/settings.test.ts); the others are reported with the value that they must have.
-- Returns one row.
--   server_version  int      of PostgreSQL, 150000 for 15.0
--   migrated        boolean  whether `migrate` has run here
--   standby         boolean  whether it is in recovery
--   faults          text[]   settings and schemas that must be changed first, each with its name; empty when all is well
--   unreadable      text[]   those of the faults for which this session must not even read
--   unwritable      text[]   those for which it must not write: these, and the others that no write checks itself
with needed (name, setting, value, breaks, hint) as (
    values
        -- Locks would not show the commits of others meanwhile. Each write checks it (require_read_committed).
        (
            'default_transaction_isolation', current_setting('transaction_isolation'), 'read committed',
            'nothing', ''
        ),
        ('default_transaction_read_only', current_setting('default_transaction_read_only'), 'off', 'writes', ''),
        (
            'the server', case when pg_is_in_recovery() then 'a standby' else 'a primary' end, 'a primary',
            'writes', ''
        ),
        -- Triggers and foreign keys would not hold.
        ('session_replication_role', current_setting('session_replication_role'), 'origin', 'writes', ''),
        -- Not every text could be stored, or it would come back as another one.
        (
            'server_encoding', current_setting('server_encoding'), 'UTF8',
            'reads', ': create the database with encoding ''UTF8'''
        ),
        ('client_encoding', pg_client_encoding()::text, 'UTF8', 'reads', ''),
        -- Searches would leave out rows at random.
        ('gin_fuzzy_search_limit', current_setting('gin_fuzzy_search_limit'), '0', 'reads', '')
),
ours as (
    select relation.relnamespace as schema, relation.relowner as owner
    from pg_class as relation
    where relation.oid = to_regclass('applied_functions')
),
elsewhere as (
    select relation.relnamespace::regnamespace::text as schema
    from pg_class as relation
    where relation.relname in ('applied_functions', 'adapter_statuses')
        and relation.relkind = 'r'
        and not exists (select from ours)
    group by relation.relnamespace
    having count(*) = 2
),
-- Only where another schema comes first: to look at each table and function takes some milliseconds.
named as materialized (
    select relation.relname as name, pg_table_is_visible(relation.oid) as is_visible
    from pg_class as relation
    cross join ours
    where relation.relkind = 'r'
        and relation.relnamespace = ours.schema
        and (current_schemas(false))[1] <> ours.schema::regnamespace::name
    union all
    select function.proname, pg_function_is_visible(function.oid)
    from pg_proc as function
    cross join ours
    where function.pronamespace = ours.schema
        and function.proowner = ours.owner
        and (current_schemas(false))[1] <> ours.schema::regnamespace::name
),
shadowed as (
    select string_agg(distinct quote_ident(named.name), ', ') as names
    from named
    where not named.is_visible
),
found (breaks, words) as (
    select
        needed.breaks,
        format('%s must be %s, and is %s', needed.name, needed.value, needed.setting) || needed.hint
    from needed
    where needed.setting <> needed.value
    union all
    select 'reads', format(
        'search_path must have the schema %s, which holds the tables, and is %s',
        elsewhere.schema, current_setting('search_path')
    )
    from elsewhere
    union all
    select 'reads', format(
        'search_path must have the schema %s before others with %s, and is %s',
        ours.schema::regnamespace, shadowed.names, current_setting('search_path')
    )
    from ours
    cross join shadowed
    where shadowed.names is not null
)
select
    current_setting('server_version_num')::int as server_version,
    exists (select from ours) as migrated,
    pg_is_in_recovery() as standby,
    array(select found.words from found) as faults,
    array(select found.words from found where found.breaks = 'reads') as unreadable,
    array(select found.words from found where found.breaks in ('reads', 'writes')) as unwritable;

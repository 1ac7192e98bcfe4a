-- list_schema: the schema as it is, for sql/schema.sql: types, tables with their columns and constraints,
-- indexes and triggers. Functions have files of their own.
--
-- Returns one row for each object, in a stable order.
--   definition  text
with relations as (
    select
        class.oid, class.relname as name, class.relkind as kind, class.reloptions as options,
        pg_get_partkeydef(class.oid) as partitioning
    from pg_class as class
    where class.relnamespace = 'public'::regnamespace
        and class.relkind in ('r', 'p', 'c')
        and not class.relispartition
        and class.relname <> 'schema_migrations'
),
members as (
    select
        attribute.attrelid as oid,
        1 as part,
        attribute.attnum::text as sort_key,
        attribute.attname
            || ' ' || format_type(attribute.atttypid, attribute.atttypmod)
            || case when attribute.attcollation = '"C"'::regcollation then ' collate "C"' else '' end
            || case when attribute.attnotnull then ' not null' else '' end
            || coalesce(' default ' || pg_get_expr(fallback.adbin, fallback.adrelid), '') as text
    from pg_attribute as attribute
    left join pg_attrdef as fallback
        on fallback.adrelid = attribute.attrelid
        and fallback.adnum = attribute.attnum
    where attribute.attnum > 0 and not attribute.attisdropped
    union all
    select
        pg_constraint.conrelid,
        2,
        pg_constraint.conname,
        'constraint ' || pg_constraint.conname || ' ' || pg_get_constraintdef(pg_constraint.oid)
    from pg_constraint
    where pg_constraint.contype <> 'n'
),
definitions as (
    select
        relations.name,
        1 as part,
        case relations.kind
            when 'c' then 'create type ' || relations.name || ' as'
            else 'create table ' || relations.name
        end
        || E' (\n    '
        || string_agg(members.text, E',\n    ' order by members.part, lpad(members.sort_key, 64, '0'))
        || E'\n)' || coalesce(' partition by ' || relations.partitioning, '')
        || coalesce(' with (' || array_to_string(relations.options, ', ') || ')', '') as text
    from relations
    inner join members on members.oid = relations.oid
    group by relations.name, relations.kind, relations.options, relations.partitioning
    union all
    select pg_indexes.tablename, 2, pg_indexes.indexdef
    from pg_indexes
    where pg_indexes.schemaname = 'public'
        and pg_indexes.indexname not in (select pg_constraint.conname from pg_constraint)
        and pg_indexes.tablename in (select relations.name from relations)
    union all
    select relations.name, 3, pg_get_triggerdef(pg_trigger.oid)
    from pg_trigger
    inner join relations on relations.oid = pg_trigger.tgrelid
    where not pg_trigger.tgisinternal
)
select definitions.text as definition
from definitions
order by definitions.name, definitions.part, definitions.text;

-- imported_rows: resources of the Go implementation, one row each, with the values that they have here.
--
-- p_rows        JSON objects, as server/imports/source-schema.ts reads them
-- p_dimensions  the dimensions of the configuration, [{key, required}] (server.tenant.dimensions)
-- The rules on times are kept: no time is before created_time, and updated_time is the last of them. A resource that is marked
-- and has no deleted_by was marked by the caller of its last change.
--   generation_time  when the generation began: known of a first and of a marked one; else the last change
--   source_time      updated_time as it is there
--   tenant           the required dimensions of the tenancy (resources.tenant)
--   fault            why the resource cannot be stored here, looked at alone; null where it can
--   tenancy_fault    why its tenancy cannot; a child has that of its parent
create or replace function imported_rows(p_rows text[], p_dimensions jsonb)
returns table (
    "position" bigint, given_id text, id uuid, kind text, given_owner text, owner_id uuid, name text, labels jsonb, spec jsonb,
    refs jsonb, generation int, generation_time timestamptz, created_time timestamptz, updated_time timestamptz,
    source_time timestamptz, created_by text, updated_by text, deleted_time timestamptz, deleted_by text, tenancy jsonb,
    tenant text, conditions jsonb, reports jsonb, fault text, tenancy_fault text
)
language sql stable as $$
    select
        given.position,
        source.id,
        as_uuid(source.id),
        source.kind,
        source.owner_id,
        as_uuid(source.owner_id),
        source.name,
        coalesce(source.labels, '{}'),
        source.spec,
        coalesce(source.refs, '{}'),
        source.generation,
        coalesce(timed.deleted_time, case when source.generation = 1 then source.created_time else timed.updated_time end),
        source.created_time,
        timed.updated_time,
        source.updated_time,
        source.created_by,
        source.updated_by,
        timed.deleted_time,
        case when timed.deleted_time is not null then coalesce(source.deleted_by, source.updated_by) end,
        coalesce(source.tenancy, '{}'),
        coalesce((
            select string_agg(pair.text, ',' order by pair.text collate "C")
            from jsonb_to_recordset(p_dimensions) as dimension (key text, required boolean)
            cross join lateral (select dimension.key || '=' || (source.tenancy ->> dimension.key) as text) as pair
            where dimension.required
        ), ''),
        source.conditions,
        coalesce(source.reports, '[]'),
        case
            when as_uuid(source.id) is null then 'the id is no UUID in lower case'
            when source.generation < 1 then 'the generation is less than 1'
            when jsonb_typeof(source.spec) is distinct from 'object' then 'the spec is no object'
            when jsonb_typeof(source.labels) <> 'object' then 'the labels are no object'
            when source.labels @? '$.* ? (@.type() != "string")' then 'a label is no text'
        end,
        case
            when source.tenancy = '{}' then null
            when jsonb_typeof(source.tenancy) <> 'object' then 'the tenancy is no object'
            when exists (
                select
                from jsonb_object_keys(source.tenancy) as own (key)
                where own.key not in (
                    select dimension.key from jsonb_to_recordset(p_dimensions) as dimension (key text)
                )
            ) then format('the tenancy %s has a dimension that server.tenant.dimensions lacks', source.tenancy)
            when exists (
                select
                from jsonb_to_recordset(p_dimensions) as dimension (key text, required boolean)
                where dimension.required and not source.tenancy ? dimension.key
            ) then format('the tenancy %s lacks a dimension that server.tenant.dimensions requires', source.tenancy)
            when source.tenancy @? '$.* ? (@.type() != "string")' then 'a dimension of the tenancy is no text'
        end
    from unnest(p_rows) with ordinality as given (text, position)
    cross join lateral jsonb_to_record(given.text::jsonb) as source (
        id text, kind text, owner_id text, name text, labels jsonb, spec jsonb, refs jsonb, generation int,
        created_time timestamptz, updated_time timestamptz, created_by text, updated_by text,
        deleted_time timestamptz, deleted_by text, tenancy jsonb, conditions jsonb, reports jsonb
    )
    cross join lateral (
        select
            greatest(source.deleted_time, case when source.deleted_time is not null then source.created_time end) as deleted_time,
            greatest(source.updated_time, source.created_time, source.deleted_time) as updated_time
    ) as timed
$$;

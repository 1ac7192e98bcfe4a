-- resource_body: a resource as clients see it. Members that do not apply are absent, never null:
-- adapters take the mere presence of deleted_time as the order to clean up.
--
-- p_kind        the row of the resource's kind
-- p_owner_kind  that of its parent's kind, null when there is none
-- p_fields      the members asked for, as the parameter `fields` of the document has them; null for all.
--               Other members are not read: a long spec is not de-TOASTed.
-- One expression without a `from`, so that it is inlined; texts put together, since json_build_object
-- takes half as long again.
create or replace function resource_body(
    p_resource resources,
    p_kind kinds,
    p_owner_kind kinds,
    p_fields text[]
) returns text
language sql stable parallel safe as $$
    select '{' || concat_ws(
        ',',
        case when is_asked(p_fields, 'kind') then '"kind":' || to_json(p_resource.kind)::text end,
        '"id":"' || p_resource.id || '"',
        case when is_asked(p_fields, 'href')
            then '"href":"' || resource_href(p_kind, p_resource.id) || '"' end,
        case when is_asked(p_fields, 'name') then '"name":' || to_json(p_resource.name)::text end,
        case when p_resource.owner_id is not null
            then '"owner_references":' || owner_reference(p_owner_kind, p_resource.owner_id, p_fields)::text end,
        case when p_resource.refs is not null and is_asked(p_fields, 'references')
            then '"references":' || refs_body(p_resource.refs) end,
        case when is_asked(p_fields, 'tenancy') then '"tenancy":' || p_resource.tenancy::text end,
        case when is_asked(p_fields, 'labels') then '"labels":' || p_resource.labels::text end,
        case when is_asked(p_fields, 'spec') then '"spec":' || p_resource.spec::text end,
        case when is_asked(p_fields, 'generation') then '"generation":' || p_resource.generation end,
        case when is_asked(p_fields, 'created_time')
            then '"created_time":"' || format_time(p_resource.created_time) || '"' end,
        case when is_asked(p_fields, 'updated_time')
            then '"updated_time":"' || format_time(p_resource.updated_time) || '"' end,
        case when is_asked(p_fields, 'created_by')
            then '"created_by":' || to_json(p_resource.created_by)::text end,
        case when is_asked(p_fields, 'updated_by')
            then '"updated_by":' || to_json(p_resource.updated_by)::text end,
        case when is_asked(p_fields, 'deleted_time')
            then '"deleted_time":"' || format_time(p_resource.deleted_time) || '"' end,
        case when is_asked(p_fields, 'deleted_by')
            then '"deleted_by":' || to_json(p_resource.deleted_by)::text end,
        case
            when is_asked(p_fields, 'status') or is_asked(p_fields, 'status.conditions')
                then '"status":{"conditions":' || p_resource.conditions::text || '}'
            when asked_within(p_fields, 'status.conditions') is not null
                then '"status":{"conditions":'
                    || picked(p_resource.conditions::jsonb, asked_within(p_fields, 'status.conditions'))::text
                    || '}'
        end
    ) || '}'
$$;

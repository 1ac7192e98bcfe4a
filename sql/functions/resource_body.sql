-- resource_body: a resource as clients see it. Members that do not apply are absent, never null:
-- adapters take the mere presence of deleted_time as the order to clean up.
--
-- p_kind is the row of the resource's kind, p_owner_kind that of its parent's kind (null when there is
-- none). One expression without a `from`, so that it is inlined.
create or replace function resource_body(p_resource resources, p_kind kinds, p_owner_kind kinds)
returns text
language sql stable parallel safe as $$
    select
        left(json_build_object(
            'kind', p_resource.kind,
            'id', p_resource.id,
            'href', p_kind.base_path || '/' || p_kind.plural || '/' || p_resource.id,
            'name', p_resource.name,
            'labels', p_resource.labels,
            'spec', p_resource.spec,
            'generation', p_resource.generation,
            'created_time', format_time(p_resource.created_time),
            'updated_time', format_time(p_resource.updated_time),
            'created_by', p_resource.created_by,
            'updated_by', p_resource.updated_by,
            'status', json_build_object('conditions', p_resource.conditions)
        )::text, -1)
        || case when p_resource.owner_id is null then '' else
            ', "owner_references" : ' || json_build_object(
                'kind', p_owner_kind.kind,
                'id', p_resource.owner_id,
                'href', p_owner_kind.base_path || '/' || p_owner_kind.plural || '/' || p_resource.owner_id
            )::text
        end
        || case when p_resource.deleted_time is null then '' else
            ', "deleted_time" : "' || format_time(p_resource.deleted_time)
            || '", "deleted_by" : ' || to_json(p_resource.deleted_by)::text
        end
        || '}'
$$;

-- state_body: an entry of the present state of a resource as JSON, without its token and its type, which the server adds.
create or replace function state_body(p_resource resources) returns text
language sql stable parallel safe as $$
    select json_strip_nulls(json_build_object(
        'kind', p_resource.kind,
        'id', p_resource.id,
        'owner_id', p_resource.owner_id,
        'version', p_resource.version,
        'generation', p_resource.generation
    ))::text
$$;

-- change_body: an entry of the feed as JSON, without its token and its type, which the server adds.
create or replace function change_body(p_change changes) returns text
language sql stable parallel safe as $$
    select json_strip_nulls(json_build_object(
        'time', format_time(p_change.time),
        'kind', p_change.kind,
        'id', p_change.resource_id,
        'owner_id', p_change.owner_id,
        'version', p_change.version,
        'generation', p_change.generation,
        'caller', p_change.caller,
        'adapter', p_change.adapter,
        'reason', p_change.reason,
        'changed', p_change.changed
    ))::text
$$;

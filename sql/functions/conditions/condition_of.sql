-- condition_of: the condition of a type; null when there is no such condition.
create or replace function condition_of(p_conditions jsonb, p_type text) returns jsonb
language sql stable parallel safe as $$
    select jsonb_path_query_first(
        p_conditions, '$[*] ? (@.type == $type)', jsonb_build_object('type', p_type)
    )
$$;

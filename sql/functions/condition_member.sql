-- condition_member: one member of the condition of a type, as text; null when there is no such condition.
create or replace function condition_member(p_conditions jsonb, p_type text, p_member text) returns text
language sql stable parallel safe as $$
    select jsonb_path_query_first(
        p_conditions, '$[*] ? (@.type == $type)', jsonb_build_object('type', p_type)
    ) ->> p_member
$$;

-- condition_states: conditions as an array of 'Type=Status', the form their index knows.
create or replace function condition_states(p_conditions jsonb) returns text[]
language sql immutable parallel safe as $$
    select array(
        select (condition ->> 'type') || '=' || (condition ->> 'status')
        from jsonb_array_elements(p_conditions) as condition
    )
$$;

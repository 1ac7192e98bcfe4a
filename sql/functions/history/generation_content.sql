-- generation_content: what a diff of generations compares.
create or replace function generation_content(p_state generations) returns jsonb
language sql immutable parallel safe as $$
    select jsonb_strip_top_nulls(
        jsonb_build_object('labels', p_state.labels, 'spec', p_state.spec, 'references', p_state.refs)
    )
$$;

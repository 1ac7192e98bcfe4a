-- generation_body: a generation of a resource as JSON: when, how and by whom it began, as far as the feed still has that, and its state.
--
-- p_state       the state at its end (find_generation)
-- p_generation  its number
-- p_is_whole    whether labels, spec and references are part of it
-- p_other       the state of another generation; null when no diff is asked for. The diff makes the state of the other into this one
create or replace function generation_body(
    p_state generations, p_generation int, p_is_whole boolean, p_other generations
) returns text
language plpgsql stable as $$
declare
    v_began changes;
    v_time timestamptz;
begin
    select change.* into v_began
    from changes as change
    where change.resource_id = p_state.resource_id
        and change.generation = p_generation
        and change.type in ('created', 'changed', 'marked')
    order by change.seq
    limit 1;
    v_time := coalesce(v_began.time, case when p_state.generation = p_generation then p_state.generation_time end);
    return '{' || concat_ws(
        ',',
        '"generation":' || p_generation,
        '"time":"' || format_time(v_time) || '"',
        '"type":' || to_json(v_began.type)::text,
        '"caller":' || to_json(v_began.caller)::text,
        '"changed":' || to_json(v_began.changed)::text,
        case when p_is_whole then
            concat_ws(
                ',',
                '"labels":' || p_state.labels::text,
                '"spec":' || p_state.spec::text,
                '"references":' || refs_body(p_state.refs)
            )
        end,
        case when p_other.resource_id is not null
            then '"diff":' || json_patch(generation_content(p_other), generation_content(p_state), '', 64)::text end
    ) || '}';
end;
$$;

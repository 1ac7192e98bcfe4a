-- find_generation: the state of a resource at the end of one of its generations; HF404 when it is not kept.
--
-- p_kind, p_id  the resource (find_history)
create or replace function find_generation(p_kind text, p_id uuid, p_generation int) returns generations
language plpgsql stable as $$
declare
    v_state generations;
begin
    select kept.* into v_state
    from kept_generations(p_id) as kept
    where p_generation between kept.first_generation and kept.generation;
    if not found then
        perform raise_problem('HF404', format('%s with id=''%s'' has no generation %s that is kept', p_kind, p_id, p_generation));
    end if;
    return v_state;
end;
$$;

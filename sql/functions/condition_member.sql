-- condition_member: one member of the condition of a type, as text; null when there is no such condition.
create or replace function condition_member(p_conditions jsonb, p_type text, p_member text) returns text
language sql stable parallel safe as $$
    select condition_of(p_conditions, p_type) ->> p_member
$$;

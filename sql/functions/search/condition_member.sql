-- condition_member: one member of the condition of a type, as text, also of Ready and Available where conditions are not
-- shown under these names (unshown_condition); null when there is no such condition.
create or replace function condition_member(p_conditions jsonb, p_type text, p_member text) returns text
language sql stable parallel safe as $$
    select coalesce(
        condition_of(p_conditions, p_type),
        case when p_type in ('Ready', 'Available') then unshown_condition(p_conditions, p_type) end
    ) ->> p_member
$$;

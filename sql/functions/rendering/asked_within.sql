-- asked_within: the members of a member that were asked for one by one: of status.conditions.type, `type` within
-- status.conditions. Null when there are none.
create or replace function asked_within(p_fields text[], p_member text) returns text[]
language sql immutable parallel safe as $$
    select array_agg(substr(field, length(p_member) + 2))
    from unnest(p_fields) as field
    where starts_with(field, p_member || '.')
$$;

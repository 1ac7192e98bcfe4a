-- is_asked: whether a member is among the fields that were asked for; with null, all are.
create or replace function is_asked(p_fields text[], p_member text) returns boolean
language sql immutable parallel safe as $$
    select p_fields is null or p_member = any (p_fields)
$$;

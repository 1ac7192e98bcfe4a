-- as_uuid: an id as clients send it; null when no resource can have it (ids are opaque to clients, so
-- a malformed one is simply not found).
-- No regular expression, which takes longer than the look-up that follows: dashes at their places, and no other character
-- that is not a digit.
create or replace function as_uuid(p_id text) returns uuid
language sql immutable parallel safe as $$
    select case
        when p_id like '________-____-____-____-____________' and translate(p_id, '0123456789abcdef', '') = '----'
            then p_id::uuid
    end
$$;

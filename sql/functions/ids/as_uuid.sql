-- as_uuid: an id as clients send it; null when no resource can have it (ids are opaque to clients, so
-- a malformed one is simply not found).
create or replace function as_uuid(p_id text) returns uuid
language sql immutable parallel safe as $$
    select case
        when p_id ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' then p_id::uuid
    end
$$;

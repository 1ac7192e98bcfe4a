-- uuid_v7: a new version 7 UUID (RFC 9562) for a moment: ids made later sort later, to the millisecond.
-- Its random part is that of a version 4 UUID. Written out because PostgreSQL has one of its own only from version 18 on.
create or replace function uuid_v7(p_time timestamptz) returns uuid
language sql volatile parallel safe as $$
    select (
        lpad(to_hex((extract(epoch from p_time) * 1000)::bigint), 12, '0')
        || '7'
        || substr(gen_random_uuid()::text, 16) -- what follows the version
    )::uuid
$$;

-- uuid_v7: a new version 7 UUID (RFC 9562) for a moment: ids made later sort later, to the millisecond.
-- Written out because PostgreSQL has one of its own only from version 18 on.
create or replace function uuid_v7(p_time timestamptz) returns uuid
language sql volatile parallel safe as $$
    select encode(
        set_bit(
            set_bit(
                overlay(
                    uuid_send(gen_random_uuid())
                    placing substring(int8send((extract(epoch from p_time) * 1000)::bigint) from 3)
                    from 1 for 6
                ),
                52, 1
            ),
            53, 1
        ),
        'hex'
    )::uuid
$$;

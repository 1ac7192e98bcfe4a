-- keep_answer: stores the answer to a create under its idempotency key, and deletes some expired ones.
--
-- Only a few expired keys are deleted at a time, without waiting for locks, so that no request pays for many of them.
create or replace function keep_answer(
    p_caller text,
    p_kind text,
    p_owner_id text,
    p_key text,
    p_body_hash bytea,
    p_body text,
    p_href text,
    p_version int,
    p_ttl interval
) returns void
language plpgsql as $$
begin
    insert into idempotency_keys as kept (
        caller, kind, owner_id, key, body_hash, body, href, version, created_time
    )
    values (
        p_caller, p_kind, p_owner_id, p_key, p_body_hash, p_body, p_href, p_version, clock_timestamp()
    )
    on conflict (caller, kind, owner_id, key) do update
    set body_hash = excluded.body_hash,
        body = excluded.body,
        href = excluded.href,
        version = excluded.version,
        created_time = excluded.created_time;

    delete from idempotency_keys as expired
    where expired.ctid in (
        select old.ctid
        from idempotency_keys as old
        where old.created_time < clock_timestamp() - p_ttl
        order by old.created_time
        limit 100
        for update skip locked
    );
end;
$$;

-- kept_answer: the answer that is kept for an idempotency key, which the transaction has from here on; null where there is none.
--
-- p_caller, p_scope, p_owner_id, p_key  the key (create_resource_once)
-- p_body_hash  the SHA-256 of the request body
-- p_ttl        how long an answer is kept
-- Refuses: HF423 the first request with this key still runs, HF422 the key was used with another body.
create or replace function kept_answer(
    p_caller text,
    p_scope text,
    p_owner_id text,
    p_key text,
    p_body_hash bytea,
    p_ttl interval
) returns idempotency_keys
language plpgsql as $$
declare
    v_stored idempotency_keys;
begin
    -- Held until the transaction ends, however it ends: a request that died leaves nothing behind. A dry run keeps no key,
    -- and so none from another request.
    if current_setting('hyperfleet.dry_run', true) is distinct from 'true' and not pg_try_advisory_xact_lock(
        hashtextextended(concat_ws(E'\n', p_caller, p_scope, p_owner_id, p_key), 0)
    ) then
        perform raise_problem('HF423', 'The first request with this Idempotency-Key is still running');
    end if;
    select stored.*
    into v_stored
    from idempotency_keys as stored
    where stored.caller = p_caller
        and stored.kind = p_scope
        and stored.owner_id = p_owner_id
        and stored.key = p_key
        and stored.created_time > clock_timestamp() - p_ttl;
    if v_stored.body_hash <> p_body_hash then
        perform raise_problem('HF422', 'This Idempotency-Key was used with another body');
    end if;
    return v_stored;
end;
$$;

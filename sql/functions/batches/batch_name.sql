-- batch_name: the advisory lock of a name for batches (lock_for_batch).
--
-- p_kind      the kind; p_owner_id the parent, null where it has none, in which case names are of the tenancy p_tenancy
-- p_name      the name
create or replace function batch_name(p_kind text, p_owner_id uuid, p_tenancy jsonb, p_name text) returns bigint
language sql immutable parallel safe as $$
    select hashtextextended(
        concat_ws(E'\n', 'hyperfleet batch name', p_kind, coalesce(p_owner_id::text, p_tenancy::text), p_name), 0
    )
$$;

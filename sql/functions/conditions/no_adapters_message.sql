-- no_adapters_message: the message of conditions of a kind without a required adapter.
create or replace function no_adapters_message(p_kind text) returns text
language sql stable parallel safe as $$
    select format(
        'No adapter is required for %s: set required_adapters of entity %s, or HYPERFLEET_%s_ADAPTERS',
        p_kind, p_kind, upper(p_kind)
    )
$$;

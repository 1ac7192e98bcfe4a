-- set_kind: writes down what the document and the configuration say about a kind. Run by `migrate`.
--
-- Where the required adapters differ from the ones before, the conditions of its resources are stale: they
-- are to be computed anew (recompute_resource).
create or replace function set_kind(
    p_kind text,
    p_plural text,
    p_base_path text,
    p_parent_kind text,
    p_on_parent_delete text,
    p_required_adapters text[]
) returns void
language sql as $$
    insert into kinds as known (kind, plural, base_path, parent_kind, on_parent_delete, required_adapters)
    values (p_kind, p_plural, p_base_path, p_parent_kind, p_on_parent_delete, p_required_adapters)
    on conflict (kind) do update
    set plural = excluded.plural,
        base_path = excluded.base_path,
        parent_kind = excluded.parent_kind,
        on_parent_delete = excluded.on_parent_delete,
        required_adapters = excluded.required_adapters,
        stale = known.stale or known.required_adapters is distinct from excluded.required_adapters
$$;

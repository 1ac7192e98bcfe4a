-- set_kind: writes down what the document and the configuration say about a kind. Run by `migrate`.
--
-- Returns whether the required adapters differ from the ones before, so that the conditions of the
-- kind's resources have to be computed anew (recompute_resource).
create or replace function set_kind(
    p_kind text,
    p_plural text,
    p_base_path text,
    p_parent_kind text,
    p_required_adapters text[]
) returns boolean
language plpgsql as $$
declare
    v_before text[];
begin
    select kinds.required_adapters into v_before from kinds where kinds.kind = p_kind;
    insert into kinds (kind, plural, base_path, parent_kind, required_adapters)
    values (p_kind, p_plural, p_base_path, p_parent_kind, p_required_adapters)
    on conflict (kind) do update
    set plural = excluded.plural,
        base_path = excluded.base_path,
        parent_kind = excluded.parent_kind,
        required_adapters = excluded.required_adapters;
    return v_before is distinct from p_required_adapters;
end;
$$;

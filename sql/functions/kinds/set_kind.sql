-- set_kind: writes down the descriptor of a kind, as document and configuration have it. Run by `migrate`.
--
-- Where the required adapters or the rules for conditions differ from the ones before, the conditions of its resources are
-- stale: they are to be computed anew (recompute_resource). p_older_names is for a new kind; for those that are there,
-- update_older_names sets it first.
-- Refuses: HF409 the plural is that of a kind which is configured no more and has resources; HF410 the kind has resources
-- below another parent.
create or replace function set_kind(
    p_kind text,
    p_plural text,
    p_base_path text,
    p_parent_kind text,
    p_on_parent_delete text,
    p_required_adapters text[],
    p_reference_types jsonb,
    p_generation_on text,
    p_older_names boolean,
    p_condition_rules jsonb
) returns void
language plpgsql as $$
declare
    v_other text;
begin
    select kinds.kind into v_other from kinds where kinds.plural = p_plural and kinds.kind <> p_kind;
    if v_other is not null then
        perform raise_problem(
            'HF409',
            format('%s cannot have the plural %s: %s, which is configured no more, has it and has resources', p_kind, p_plural, v_other)
        );
    end if;
    if exists (
        select
        from kinds
        where kinds.kind = p_kind
            and kinds.parent_kind is distinct from p_parent_kind
            and exists (select from resources as resource where resource.kind = p_kind)
    ) then
        perform raise_problem(
            'HF410', format('%s cannot have another parent_kind than before: it has resources', p_kind)
        );
    end if;
    insert into kinds as known (
        kind, plural, base_path, parent_kind, on_parent_delete, required_adapters, reference_types,
        generation_on, older_names, condition_rules
    )
    values (
        p_kind, p_plural, p_base_path, p_parent_kind, p_on_parent_delete, p_required_adapters, p_reference_types,
        p_generation_on, p_older_names, p_condition_rules
    )
    on conflict (kind) do update
    set is_configured = true,
        plural = excluded.plural,
        base_path = excluded.base_path,
        parent_kind = excluded.parent_kind,
        on_parent_delete = excluded.on_parent_delete,
        required_adapters = excluded.required_adapters,
        reference_types = excluded.reference_types,
        generation_on = excluded.generation_on,
        condition_rules = excluded.condition_rules,
        stale = known.stale
            or known.required_adapters is distinct from excluded.required_adapters
            or known.condition_rules <> excluded.condition_rules;
end;
$$;

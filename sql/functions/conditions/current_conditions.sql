-- current_conditions: the conditions that a resource must have now, by its stored reports.
--
-- p_id  the resource; its children, its reports and the adapters required for its kind are read (resource_facts)
-- All else as in aggregate_conditions, as it is about to be written. [] where the kind is not in the database.
-- `stable`: it reads with the snapshot of the statement that calls it, which in a write path begins after the
-- lock was had, and in a check is the same for all resources.
create or replace function current_conditions(
    p_id uuid,
    p_kind text,
    p_generation int,
    p_ref timestamptz,
    p_deleting boolean,
    p_previous jsonb
) returns jsonb
language plpgsql stable as $$
begin
    return coalesce((
        select aggregate_conditions(
            p_kind,
            p_generation,
            p_ref,
            p_deleting,
            p_deleting and facts.has_children, -- looked up for marked resources only
            facts.required,
            p_previous,
            facts.reports,
            facts.older_names,
            mapped_conditions(p_previous, facts.condition_rules)
        )
        from resource_facts(p_id, p_kind) as facts
    ), '[]'::jsonb);
end;
$$;

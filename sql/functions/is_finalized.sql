-- is_finalized: whether nothing holds a resource any more: it is marked for deletion, no child record is left, and
-- every adapter required now has reported Finalized=True at its generation.
--
-- p_id, p_kind, p_generation, p_deleted_time  the resource's
-- `stable`: it reads with the snapshot of the statement that calls it.
create or replace function is_finalized(
    p_id uuid,
    p_kind text,
    p_generation int,
    p_deleted_time timestamptz
) returns boolean
language plpgsql stable as $$
begin
    return p_deleted_time is not null and (
        select not facts.has_children and cardinality(
            unconfirmed_adapters(
                p_generation, true, coalesce(facts.required, '{}'),
                usable_reports(p_generation, true, coalesce(facts.required, '{}'), facts.reports)
            )
        ) = 0
        from resource_facts(p_id, p_kind) as facts
    );
end;
$$;

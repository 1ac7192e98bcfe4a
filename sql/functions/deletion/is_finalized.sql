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
declare
    v_facts record;
    v_judged judged_report;
begin
    if p_deleted_time is null then
        return false;
    end if;
    select facts.* into v_facts from resource_facts(p_id, p_kind) as facts;
    if not found or v_facts.has_children then
        return false;
    end if;
    foreach v_judged in array
        judged_reports(p_generation, true, coalesce(v_facts.required, '{}'), v_facts.reports)
    loop
        if not v_judged.met then
            return false;
        end if;
    end loop;
    return true;
end;
$$;

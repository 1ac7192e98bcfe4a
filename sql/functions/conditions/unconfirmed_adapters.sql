-- unconfirmed_adapters: the required adapters that do not confirm a resource: whose usable report is not at its
-- generation, or does not say Available=True; on a resource marked for deletion, Finalized=True.
--
-- p_usable  the usable reports (usable_reports); all else as in aggregate_conditions
-- Returns names, in the order of p_required.
create or replace function unconfirmed_adapters(
    p_generation int,
    p_deleting boolean,
    p_required text[],
    p_usable adapter_report[]
) returns text[]
language plpgsql stable parallel safe as $$
declare
    v_report adapter_report;
    v_unconfirmed text[] := p_required;
begin
    foreach v_report in array p_usable loop
        if v_report.observed_generation = p_generation
            and (case when p_deleting then v_report.finalized else v_report.available end)
        then
            v_unconfirmed := array_remove(v_unconfirmed, v_report.adapter);
        end if;
    end loop;
    return v_unconfirmed;
end;
$$;

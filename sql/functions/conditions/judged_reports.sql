-- judged_reports: the reports of the required adapters, judged: the one place where that is done. The
-- conditions, the removal of a marked resource and explanations of both are made of its result.
--
-- p_required  the required adapters; all else as in aggregate_conditions
-- Returns one entry for each required adapter, in their order:
--   usable     conditions are made of the report: it says True or False of a generation that the resource has reached.
--              On a resource marked for deletion, Finalized=True makes up for an Available that is Unknown
--   met        the report confirms the resource's generation: Available=True, or Finalized=True on a marked resource
--   available  its Available; an Unknown counts as False
--   why        null when met, else the first that applies of no-report, future-generation, older-generation,
--              not-finalized (on a marked resource), available-unknown, available-false
-- generation, time, reason and message are the report's; null without one.
create or replace function judged_reports(
    p_generation int,
    p_deleting boolean,
    p_required text[],
    p_reports adapter_report[]
) returns judged_report[]
language plpgsql stable parallel safe as $$
declare
    v_adapter text;
    v_each adapter_report;
    v_report adapter_report;
    v_judged judged_report[] := '{}';
begin
    foreach v_adapter in array p_required loop
        v_report := null;
        foreach v_each in array p_reports loop
            if v_each.adapter = v_adapter then
                v_report := v_each;
            end if;
        end loop;
        v_judged := v_judged || judged_report(p_generation, p_deleting, v_adapter, v_report);
    end loop;
    return v_judged;
end;
$$;

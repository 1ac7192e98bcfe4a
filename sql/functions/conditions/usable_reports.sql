-- usable_reports: the reports that conditions are made of, in the order of p_required.
--
-- A report is usable when its adapter is required and it says True or False of a generation that the resource
-- has reached. On a resource marked for deletion, Finalized=True makes up for an Available that is Unknown,
-- which then counts as False.
--
-- Parameters as in aggregate_conditions. Returns the reports; `available` is never null in them.
create or replace function usable_reports(
    p_generation int,
    p_deleting boolean,
    p_required text[],
    p_reports adapter_report[]
) returns adapter_report[]
language plpgsql stable parallel safe as $$
declare
    v_adapter text;
    v_report adapter_report;
    v_usable adapter_report[] := array[]::adapter_report[];
begin
    foreach v_adapter in array p_required loop
        foreach v_report in array p_reports loop
            continue when v_report.adapter <> v_adapter;
            if v_report.observed_generation <= p_generation
                and (v_report.available is not null or (p_deleting and v_report.finalized))
            then
                v_report.available := coalesce(v_report.available, false);
                v_usable := v_usable || v_report;
            end if;
            exit;
        end loop;
    end loop;
    return v_usable;
end;
$$;

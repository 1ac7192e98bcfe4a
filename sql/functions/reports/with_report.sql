-- with_report: the reports from which conditions follow (resource_facts) after one more of them.
--
-- p_reports   the reports of required adapters
-- p_report    the new one, in the place of its adapter's former one; left out where its adapter is not among p_required
create or replace function with_report(p_reports adapter_report[], p_report adapter_statuses, p_required text[])
returns adapter_report[]
language plpgsql immutable parallel safe as $$
declare
    v_at int := 1;
begin
    if not coalesce(p_report.adapter = any (p_required), false) then
        return p_reports;
    end if;
    while v_at <= cardinality(p_reports) and (p_reports[v_at]).adapter <> p_report.adapter loop
        v_at := v_at + 1;
    end loop;
    p_reports[v_at] := adapter_report_of(p_report);
    return p_reports;
end;
$$;

-- holding_reports: the judged reports for which a condition is not True, or for which it may fall.
--
-- p_type    the type of the condition; older names are those of the newer ones
-- p_status  its status
-- p_judged  the reports of the required adapters (judged_reports)
-- Returns, of Reconciled, those that do not confirm the generation; of another condition that is True, none; of
-- LastKnownReconciled, those that are not usable, say False, or are behind another usable one; of the condition of an
-- adapter, its own.
create or replace function holding_reports(p_type text, p_status text, p_judged judged_report[])
returns setof judged_report
language sql immutable parallel safe as $$
    select judged.*
    from unnest(p_judged) as judged
    where case
        when p_type in ('Reconciled', 'Ready') then not judged.met
        when p_status = 'True' then false
        when p_type in ('LastKnownReconciled', 'Available')
            then not judged.usable
                or not judged.available
                or judged.generation < (
                    select max(other.generation) from unnest(p_judged) as other where other.usable
                )
        else condition_name(judged.adapter) = p_type
    end
$$;

-- reported_because: reason and message of a report, in brackets; '' where it has neither.
create or replace function reported_because(p_judged judged_report) returns text
language sql immutable parallel safe as $$
    select coalesce(
        ' (' || nullif(concat_ws(': ', nullif(p_judged.reason, ''), nullif(p_judged.message, '')), '') || ')', ''
    )
$$;

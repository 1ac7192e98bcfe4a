-- report_state: the state of a required adapter, as explanations name it, for the `why` of a judged report (judged_reports).
--
-- A report that is met may still say Available=False, on a marked resource: unavailable.
create or replace function report_state(p_why text) returns text
language sql immutable parallel safe as $$
    select case p_why
        when 'no-report' then 'silent'
        when 'future-generation' then 'future'
        when 'older-generation' then 'stale'
        when 'not-finalized' then 'not_finalized'
        when 'available-unknown' then 'unknown'
        else 'unavailable'
    end
$$;

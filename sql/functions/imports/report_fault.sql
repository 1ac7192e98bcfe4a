-- report_fault: why a report of the Go implementation cannot be stored here; null where it can.
--
-- p_report      as in imported_report
-- p_generation  the generation of its resource
create or replace function report_fault(p_report jsonb, p_generation int) returns text
language sql stable parallel safe as $$
    select case
        when (p_report ->> 'observed_generation')::int < 1 then 'the report is of no generation'
        when (p_report ->> 'observed_generation')::int > p_generation
            then format('the report is of generation %s, which the resource has not reached', p_report ->> 'observed_generation')
        when jsonb_typeof(p_report -> 'conditions') is distinct from 'array' then 'the conditions of the report are no list'
        when exists (
            select
            from jsonb_array_elements(p_report -> 'conditions') as given (condition)
            where given.condition ->> 'type' is null
                or coalesce(given.condition ->> 'status' not in ('True', 'False', 'Unknown'), true)
                or (given.condition ->> 'last_transition_time') !~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d'
        ) then 'a condition of the report has no type, no status or a time that is none'
        when jsonb_typeof(p_report -> 'data') not in ('object', 'null') then 'the data of the report are no object'
        when jsonb_typeof(p_report -> 'metadata') not in ('object', 'null') then 'the metadata of the report are no object'
    end
$$;

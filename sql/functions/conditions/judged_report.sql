-- judged_report: the report of one required adapter, judged, for judged_reports.
create or replace function judged_report(
    p_generation int,
    p_deleting boolean,
    p_adapter text,
    p_report adapter_report
) returns judged_report
language sql stable parallel safe as $$
    select row(
        p_adapter,
        coalesce(
            p_report.observed_generation <= p_generation
                and (p_report.available is not null or (p_deleting and p_report.finalized)),
            false
        ),
        coalesce(
            p_report.observed_generation = p_generation
                and case when p_deleting then p_report.finalized else p_report.available end,
            false
        ),
        p_report.observed_generation,
        format_time(p_report.observed_time),
        coalesce(p_report.available, false),
        p_report.reason,
        p_report.message,
        case
            when p_report.adapter is null then 'no-report'
            when p_report.observed_generation > p_generation then 'future-generation'
            when p_report.observed_generation < p_generation then 'older-generation'
            when p_deleting and not p_report.finalized then 'not-finalized'
            when p_deleting or p_report.available then null
            when p_report.available is null then 'available-unknown'
            else 'available-false'
        end
    )::judged_report
$$;

-- check_report_time: HF400 when a report's time lies outside the bounds of the configuration.
--
-- p_observed_time   null when the report has none: it gets the server's, which nothing bounds
-- p_max_clock_skew  how far an adapter's clock may be ahead of the server's
-- p_max_age         how old a report may be; null: any age
-- The refusal names the bound that was exceeded, its value and the server's time, independent of the session's TimeZone and
-- IntervalStyle: bounds are counted in seconds, since a day has 23 hours in some time zones.
create or replace function check_report_time(
    p_observed_time timestamptz,
    p_max_clock_skew interval,
    p_max_age interval
) returns void
language plpgsql as $$
declare
    v_now timestamptz := clock_timestamp();
    v_latest timestamptz := v_now + make_interval(secs => extract(epoch from p_max_clock_skew)::float8);
    v_earliest timestamptz := v_now - make_interval(secs => extract(epoch from p_max_age)::float8);
    v_message text;
    v_constraint text;
begin
    if p_observed_time > v_latest then
        v_constraint := 'maximum';
        v_message := format(
            'must not be later than %s: the server''s time is %s, and a clock may be %s s ahead (reports.max_clock_skew)',
            format_time(v_latest), format_time(v_now), trim_scale(extract(epoch from p_max_clock_skew))
        );
    elsif p_observed_time < v_earliest then
        v_constraint := 'minimum';
        v_message := format(
            'must not be earlier than %s: the server''s time is %s, and a report may be %s s old (reports.max_age)',
            format_time(v_earliest), format_time(v_now), trim_scale(extract(epoch from p_max_age))
        );
    else
        return;
    end if;
    perform raise_problem(
        'HF400',
        'observed_time ' || v_message,
        jsonb_build_array(jsonb_build_object(
            'field', 'observed_time',
            'message', v_message,
            'value', format_time(p_observed_time),
            'constraint', v_constraint
        ))
    );
end;
$$;

-- check_report_time: HF400 when a report's time lies outside what the configuration allows.
--
-- p_max_clock_skew  how far an adapter's clock may be ahead of the server's
-- p_max_age         how old a report may be; null: any age
create or replace function check_report_time(
    p_observed_time timestamptz,
    p_max_clock_skew interval,
    p_max_age interval
) returns void
language plpgsql as $$
declare
    v_message text;
begin
    if p_observed_time > clock_timestamp() + p_max_clock_skew then
        v_message := format('must not be more than %s ahead of the server', p_max_clock_skew);
    elsif p_observed_time < clock_timestamp() - p_max_age then
        v_message := format('must not be more than %s ago', p_max_age);
    else
        return;
    end if;
    perform raise_problem(
        'HF400',
        'observed_time is outside the accepted range',
        jsonb_build_array(jsonb_build_object(
            'field', 'observed_time',
            'message', v_message,
            'value', format_time(p_observed_time),
            'constraint', 'range'
        ))
    );
end;
$$;

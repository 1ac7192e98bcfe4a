-- adapter_status_body: a stored report as clients see it; metadata is absent when none was sent.
create or replace function adapter_status_body(p_status adapter_statuses) returns text
language sql stable parallel safe as $$
    select
        left(json_build_object(
            'adapter', p_status.adapter,
            'observed_generation', p_status.observed_generation,
            'conditions', p_status.conditions,
            'data', p_status.data,
            'created_time', format_time(p_status.created_time),
            'last_report_time', format_time(p_status.last_report_time)
        )::text, -1)
        || case when p_status.metadata is null then '' else ', "metadata" : ' || p_status.metadata::text end
        || '}'
$$;

-- adapter_status_body: a stored report as clients see it; metadata is absent when none was sent.
create or replace function adapter_status_body(p_status adapter_statuses) returns text
language sql stable parallel safe as $$
    select '{' || concat_ws(
        ',',
        '"adapter":' || to_json(p_status.adapter)::text,
        '"observed_generation":' || p_status.observed_generation,
        '"conditions":' || p_status.conditions::text,
        '"data":' || p_status.data::text,
        '"created_time":"' || format_time(p_status.created_time) || '"',
        '"last_report_time":"' || format_time(p_status.last_report_time) || '"',
        '"metadata":' || p_status.metadata::text
    ) || '}'
$$;

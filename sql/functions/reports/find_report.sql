-- find_report: the stored report of one adapter on one resource; null when there is none.
create or replace function find_report(p_resource_id uuid, p_adapter text) returns adapter_statuses
language plpgsql stable as $$
declare
    v_report adapter_statuses;
begin
    select stored.*
    into v_report
    from adapter_statuses as stored
    where stored.resource_id = p_resource_id and stored.adapter = p_adapter;
    return v_report;
end;
$$;

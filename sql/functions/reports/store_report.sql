-- store_report: writes a report over the adapter's former one.
--
-- p_is_new  the adapter has not reported on this resource before; HF400 when 256 others have, unless it is a
--           required one: others must not be able to keep a resource from ever being reconciled.
-- Requires the lock on the resource.
create or replace function store_report(p_report adapter_statuses, p_is_new boolean) returns void
language plpgsql as $$
begin
    if p_is_new and 256 <= (
        select count(*) from adapter_statuses as stored where stored.resource_id = p_report.resource_id
    ) and not exists (
        select
        from resources as resource
        inner join kinds on kinds.kind = resource.kind
        where resource.id = p_report.resource_id and p_report.adapter = any (kinds.required_adapters)
    ) then
        perform raise_problem(
            'HF400',
            'the resource has reports of 256 adapters already',
            jsonb_build_array(jsonb_build_object(
                'field', 'adapter',
                'message', 'must be one of the 256 adapters that have reported on this resource',
                'value', p_report.adapter
            ))
        );
    end if;
    if p_is_new then
        insert into adapter_statuses (
            resource_id, adapter, observed_generation, created_time, last_report_time, available,
            available_reason, available_message, finalized, conditions, data, metadata
        )
        values (
            p_report.resource_id,
            p_report.adapter,
            p_report.observed_generation,
            p_report.created_time,
            p_report.last_report_time,
            p_report.available,
            p_report.available_reason,
            p_report.available_message,
            p_report.finalized,
            p_report.conditions,
            p_report.data,
            p_report.metadata
        );
        return;
    end if;
    update adapter_statuses as stored
    set observed_generation = p_report.observed_generation,
        last_report_time = p_report.last_report_time,
        available = p_report.available,
        available_reason = p_report.available_reason,
        available_message = p_report.available_message,
        finalized = p_report.finalized,
        conditions = p_report.conditions,
        data = p_report.data,
        metadata = p_report.metadata
    where stored.resource_id = p_report.resource_id and stored.adapter = p_report.adapter;
end;
$$;

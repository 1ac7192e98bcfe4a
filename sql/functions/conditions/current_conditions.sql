-- current_conditions: what the conditions of a resource ought to be now, by its stored reports.
--
-- p_resource is the row as it is about to be written: its generation, mark and previous conditions are
-- taken from the argument; its reports, its children and the required adapters are read.
-- `stable`: it reads with the snapshot of the statement that calls it, which in a write path begins after the
-- lock was had, and in a check is the same for all resources.
create or replace function current_conditions(p_resource resources) returns jsonb
language plpgsql stable as $$
begin
    return aggregate_conditions(
        p_resource.kind,
        p_resource.generation,
        p_resource.generation_time,
        p_resource.deleted_time is not null,
        p_resource.deleted_time is not null
            and exists (select from resources as child where child.owner_id = p_resource.id),
        (select kinds.required_adapters from kinds where kinds.kind = p_resource.kind),
        p_resource.conditions,
        array(
            select row(
                status.adapter,
                status.observed_generation,
                status.last_report_time,
                status.available,
                status.available_reason,
                status.available_message,
                status.finalized
            )::adapter_report
            from adapter_statuses as status
            where status.resource_id = p_resource.id
        )
    );
end;
$$;

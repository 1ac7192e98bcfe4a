-- current_conditions: what the conditions of a resource ought to be now, by its stored reports.
--
-- p_resource is the row as it is about to be written: its generation, mark and previous conditions are
-- taken from the argument; its reports, its children and the required adapters are read.
-- Requires the lock on the resource, taken by an earlier statement.
create or replace function current_conditions(p_resource resources) returns jsonb
language plpgsql as $$
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

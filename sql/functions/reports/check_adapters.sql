-- check_adapters: HF400 when an adapter reports on a resource for the first time and 256 others have, unless it is a required one: others
-- must not be able to keep a resource from ever being reconciled.
--
-- p_report  the report; p_more  how many other first reports on the resource are about to be stored with it
-- Requires the lock on the resource.
create or replace function check_adapters(p_report adapter_statuses, p_more int) returns void
language plpgsql as $$
begin
    if 256 <= p_more + (
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
end;
$$;

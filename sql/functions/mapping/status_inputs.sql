-- status_inputs: the reports on a resource, as expressions see them (condition_inputs).
--
-- Returns the items of a JSON array, by adapter; null where they are larger than 1 MiB together, of which no more is read:
-- the cost of a write must not grow with all that has been reported.
create or replace function status_inputs(p_id uuid) returns text
language plpgsql stable as $$
declare
    v_status adapter_statuses;
    v_items text;
begin
    for v_status in
        select status.* from adapter_statuses as status where status.resource_id = p_id order by status.adapter
    loop
        v_items := concat_ws(
            ',',
            v_items,
            '{"adapter":' || to_json(v_status.adapter)::text
            || ',"observed_generation":' || v_status.observed_generation
            || ',"conditions":' || v_status.conditions::text
            || ',"data":' || v_status.data::text
            || '}'
        );
        if octet_length(v_items) > 1024 * 1024 then
            return null;
        end if;
    end loop;
    return coalesce(v_items, '');
end;
$$;

-- recompute_resource: recomputes one resource by the current rules and required adapters. Run by `migrate` when either has
-- changed. A marked resource that is complete by the new set is removed. A missing resource is skipped.
create or replace function recompute_resource(p_id uuid) returns void
language plpgsql as $$
declare
    v_resource resources;
begin
    select resource.* into v_resource from resources as resource where resource.id = p_id;
    if not found then
        return;
    end if;
    v_resource := lock_for_report(v_resource);
    if v_resource.label_pairs <> label_pairs(v_resource.labels) then
        v_resource.label_pairs := label_pairs(v_resource.labels);
        v_resource := save_resource(v_resource, null, 'reported', '{}', null);
    end if;
    v_resource := store_derived(v_resource, null);
    perform remove_finalized(array[v_resource.id], null, null);
exception
    when sqlstate 'HF404' then
        return;
end;
$$;

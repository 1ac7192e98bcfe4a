-- remove_finalized: removes a resource marked for deletion once nothing holds it: no child record is
-- left, and every adapter required now has reported Finalized=True at its generation. A parent that
-- waited only for this child goes in the same transaction.
--
-- Requires the locks on the resource and on its parent. Returns whether the resource was removed.
create or replace function remove_finalized(p_resource resources) returns boolean
language plpgsql as $$
declare
    v_required text[];
    v_owner resources;
begin
    select kinds.required_adapters into v_required from kinds where kinds.kind = p_resource.kind;
    if p_resource.deleted_time is null
        or exists (select from resources as child where child.owner_id = p_resource.id)
        or (
            cardinality(v_required) > 0
            and not 'Reconciled=True' = any (condition_states(current_conditions(p_resource)))
        )
    then
        return false;
    end if;

    delete from resources as resource where resource.id = p_resource.id;
    if p_resource.owner_id is not null then
        select owner.* into v_owner from resources as owner where owner.id = p_resource.owner_id;
        perform remove_finalized(v_owner);
    end if;
    return true;
end;
$$;

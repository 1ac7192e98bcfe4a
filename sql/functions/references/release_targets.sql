-- release_targets: lets go of the targets of resources that are marked for deletion. Their references stay, as history.
--
-- p_ids  the resources. Requires the locks on them. In PL/pgSQL, which keeps the plan.
create or replace function release_targets(p_ids uuid[]) returns void
language plpgsql as $$
begin
    update resource_references as reference
    set held_id = null
    where reference.source_id = any (p_ids) and reference.held_id is not null;
end;
$$;

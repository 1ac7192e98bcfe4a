-- lock_for_create: takes the locks that a create needs: on the targets of its references, and on its parent.
--
-- p_kind        the row of the kind; p_owner_id the parent's id as the path names it, null for a kind without one
-- p_references  the references of the body; {} for none
-- p_tenancy     the caller's tenancy (within_tenancy)
-- Returns the parent, under a share lock: children are created side by side, and a mark for deletion is held off. Null without one.
-- Refuses: HF404 no such parent, HF410 the parent is marked for deletion, HF503 the transaction is not of READ COMMITTED.
create or replace function lock_for_create(p_kind kinds, p_owner_id text, p_references jsonb, p_tenancy jsonb) returns resources
language plpgsql as $$
declare
    v_owner resources;
begin
    if p_owner_id is not null then
        perform require_read_committed();
        v_owner := find_resource(p_kind.parent_kind, null, p_owner_id, p_tenancy);
    end if;
    if p_references <> '{}' then
        perform lock_targets(p_references, null, v_owner.id, p_tenancy);
    end if;
    if p_owner_id is null then
        return null;
    end if;
    select owner.*
    into v_owner
    from resources as owner
    where owner.id = v_owner.id
    for share;
    if not found then
        perform raise_not_found(p_kind.parent_kind, null, p_owner_id, p_tenancy);
    end if;
    if v_owner.deleted_time is not null then
        perform raise_problem(
            'HF410', format('%s with id=''%s'' is marked for deletion', p_kind.parent_kind, p_owner_id)
        );
    end if;
    return v_owner;
end;
$$;

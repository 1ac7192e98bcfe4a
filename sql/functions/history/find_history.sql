-- find_history: the resource whose history a path names, also after its removal, as long as the feed has an entry of it.
--
-- p_kind, p_id  the resource; p_owner_id  the parent's id in a nested path, null in a flat one. A null kind: of any kind
-- p_tenancy     the caller's tenancy (within_tenancy): that of the resource decides, and of a removed one that of its last entry
-- Returns one row; HF404 naming the kind that is not there.
-- An entry of the next smaller id is read where there is none of this one: the number of rows does not reveal a resource that
-- another tenant had (even_reads).
create or replace function find_history(p_kind text, p_owner_id text, p_id text, p_tenancy jsonb)
returns table (kind text, id uuid)
language plpgsql stable rows 1 as $$
begin
    select own.kind, own.id into kind, id
    from visible_resource(p_id, p_tenancy) as own
    where own.kind = coalesce(p_kind, own.kind) and (p_owner_id is null or own.owner_id = as_uuid(p_owner_id));
    if not found then
        select last_entry.kind, last_entry.resource_id into kind, id
        from (
            select change.kind, change.resource_id, change.owner_id, change.type, change.tenancy
            from changes as change
            where change.resource_id <= as_uuid(p_id)
            order by change.resource_id desc, change.seq desc
            limit 1
        ) as last_entry
        where last_entry.resource_id = as_uuid(p_id)
            and last_entry.type = 'removed'
            and last_entry.kind = coalesce(p_kind, last_entry.kind)
            and (p_owner_id is null or last_entry.owner_id = as_uuid(p_owner_id))
            and within_tenancy(last_entry.tenancy, p_tenancy);
        if not found then
            perform raise_not_found(coalesce(p_kind, 'Resource'), p_owner_id, p_id, p_tenancy);
        end if;
    end if;
    return next;
end;
$$;

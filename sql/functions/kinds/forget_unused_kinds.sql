-- forget_unused_kinds: deletes the kinds that are configured no more and have no resources, nor descendants that have; and
-- frees the plurals of those that are configured, which are about to be set anew (set_kind): two may exchange theirs.
--
-- p_configured  the names of the configured kinds
-- Where there is a kind to delete, it waits for writes of resources and holds them off: one that is created meanwhile is
-- seen here, or create_resource sees that its kind is gone.
create or replace function forget_unused_kinds(p_configured text[]) returns void
language plpgsql as $$
begin
    if exists (select from kinds where kinds.kind <> all (p_configured)) then
        lock table resources in share mode;
    end if;
    with recursive needed (kind) as (
        select kinds.kind
        from kinds
        where kinds.kind = any (p_configured)
            or exists (select from resources as resource where resource.kind = kinds.kind)
        union
        select kinds.parent_kind
        from needed
        inner join kinds on kinds.kind = needed.kind
        where kinds.parent_kind is not null
    )
    delete from kinds
    where kinds.kind not in (select needed.kind from needed);
    update kinds
    set is_configured = (kinds.kind = any (p_configured)),
        plural = case when kinds.kind = any (p_configured) then format('(%s)', kinds.kind) else kinds.plural end; -- no plural has parentheses
end;
$$;

-- raise_not_found: HF404 for a resource that a path names, or for its parent when the parent is missing.
--
-- p_kind, p_id  the resource; p_owner_id  the parent in a nested path, null in a flat one.
-- p_tenancy     the caller's tenancy (within_tenancy)
-- Where the kind is not in the database, nothing says of which kind its parents are: the resource is named.
-- Returns never; the type lets it stand where a body would.
create or replace function raise_not_found(p_kind text, p_owner_id text, p_id text, p_tenancy jsonb) returns text
language plpgsql as $$
declare
    v_owner_kind text;
begin
    perform even_reads(p_id, p_tenancy);
    if p_owner_id is not null then
        select kinds.parent_kind into v_owner_kind from kinds where kinds.kind = p_kind;
        if v_owner_kind is not null then
            perform find_resource(v_owner_kind, null, p_owner_id, p_tenancy);
        end if;
    end if;
    perform raise_problem('HF404', format('%s with id=''%s'' not found', p_kind, p_id));
end;
$$;

-- As servers of the release before call it: for callers of all tenants.
create or replace function raise_not_found(p_kind text, p_owner_id text, p_id text) returns text
language sql as $$
    select raise_not_found(p_kind, p_owner_id, p_id, '{}')
$$;

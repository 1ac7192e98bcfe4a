-- create_resource: a new resource at generation 1, with its conditions from the first answer on.
--
-- p_kind      the kind; p_owner_id the parent's id as the path names it, null for a kind without one
-- p_body      the request body: name, spec, labels and references (null counts as absent); all else in it is ignored
-- p_caller    written down as created_by and updated_by
-- p_tenancy   the caller's tenancy (within_tenancy); p_tenant  the required dimensions of it (resources.tenant). A child has those of
--             its parent
-- Returns the resource. Refuses: HF503 the kind is not in the database, HF404 no such parent, HF410 the parent is marked for deletion,
-- HF503 the transaction is not of READ COMMITTED, HF400 the references break rules (check_references), HF409 the name is
-- taken. The kind may be forgotten meanwhile: create_resource_once looks it up again afterwards.
create or replace function create_resource(
    p_kind text,
    p_owner_id text,
    p_body jsonb,
    p_caller text,
    p_tenancy jsonb,
    p_tenant text
) returns resources
language plpgsql as $$
declare
    v_kind kinds;
    v_resource resources;
    v_owner resources;
    v_references jsonb := coalesce(nullif(p_body -> 'references', 'null'), '{}');
    v_time timestamptz;
begin
    select kinds.* into v_kind from kinds where kinds.kind = p_kind;
    if not found then
        perform raise_problem('HF503', format('The kind %s is not in the database', p_kind));
    end if;
    if p_owner_id is not null then
        perform require_read_committed();
        v_owner := find_resource(v_kind.parent_kind, null, p_owner_id, p_tenancy);
    end if;
    if v_references <> '{}' then
        perform lock_targets(v_references, null, v_owner.id, p_tenancy);
    end if;
    if p_owner_id is not null then
        -- A share lock lets children be created side by side, and holds off a mark for deletion.
        select owner.*
        into v_owner
        from resources as owner
        where owner.id = v_owner.id
        for share;
        if not found then
            perform raise_not_found(v_kind.parent_kind, null, p_owner_id, p_tenancy);
        end if;
        if v_owner.deleted_time is not null then
            perform raise_problem(
                'HF410', format('%s with id=''%s'' is marked for deletion', v_kind.parent_kind, p_owner_id)
            );
        end if;
    end if;
    if v_references <> '{}' or v_kind.reference_types <> '[]' then
        perform check_references(v_kind, null, v_references, null, p_tenancy);
        v_resource.refs := normalized_refs(v_references);
    end if;

    v_time := clock_timestamp();
    v_resource.id := uuid_v7(v_time);
    v_resource.kind := p_kind;
    v_resource.owner_id := v_owner.id;
    v_resource.name := p_body ->> 'name';
    v_resource.labels := coalesce(nullif(p_body -> 'labels', 'null'::jsonb), '{}'::jsonb);
    v_resource.label_pairs := label_pairs(v_resource.labels);
    v_resource.spec := p_body -> 'spec';
    v_resource.generation := 1;
    v_resource.generation_time := v_time;
    v_resource.created_time := v_time;
    v_resource.updated_time := v_time;
    v_resource.created_by := p_caller;
    v_resource.updated_by := p_caller;
    v_resource.tenancy := coalesce(v_owner.tenancy, p_tenancy);
    v_resource.tenant := coalesce(v_owner.tenant, p_tenant);
    v_resource := save_resource(v_resource, first_conditions(v_kind, v_time), 'created', '{}', null);
    if v_resource.id is null then
        perform raise_problem('HF409', format('%s with name=''%s'' already exists', p_kind, p_body ->> 'name'));
    end if;
    if v_resource.refs is not null then
        perform store_references(v_resource.id, v_resource.refs);
    end if;
    return v_resource;
end;
$$;

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
-- Many creates of a batch are done by create_resources, with the same functions.
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
    v_refs jsonb;
begin
    select kinds.* into v_kind from kinds where kinds.kind = p_kind;
    if not found then
        perform raise_problem('HF503', format('The kind %s is not in the database', p_kind));
    end if;
    v_owner := lock_for_create(v_kind, p_owner_id, v_references, p_tenancy);
    if v_references <> '{}' or v_kind.reference_types <> '[]' then
        perform check_references(v_kind, null, v_references, null, p_tenancy);
        v_refs := normalized_refs(v_references);
    end if;
    v_resource := new_resource(v_kind, v_owner, p_body, p_caller, p_tenancy, p_tenant);
    v_resource.refs := v_refs;
    if insert_resources(array[v_resource]) = 0 then
        perform raise_problem('HF409', format('%s with name=''%s'' already exists', p_kind, p_body ->> 'name'));
    end if;
    if v_refs is not null then
        perform store_references(v_resource.id, v_refs);
    end if;
    return v_resource;
end;
$$;

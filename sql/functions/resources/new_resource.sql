-- new_resource: a resource as a create makes it, before it is written: at generation 1, with its conditions and without references.
--
-- p_kind    the row of the kind; p_owner its parent, null without one
-- p_body    the request body: name, spec and labels (null counts as absent)
-- p_caller  written down as created_by and updated_by
-- p_tenancy, p_tenant  of the caller; a child has those of its parent
create or replace function new_resource(
    p_kind kinds,
    p_owner resources,
    p_body jsonb,
    p_caller text,
    p_tenancy jsonb,
    p_tenant text
) returns resources
language plpgsql as $$
declare
    v_time timestamptz := clock_timestamp();
    v_conditions jsonb := first_conditions(p_kind, v_time);
    v_resource resources;
begin
    v_resource.id := uuid_v7(v_time);
    v_resource.kind := p_kind.kind;
    v_resource.owner_id := p_owner.id;
    v_resource.name := p_body ->> 'name';
    v_resource.labels := coalesce(nullif(p_body -> 'labels', 'null'::jsonb), '{}'::jsonb);
    v_resource.label_pairs := label_pairs(v_resource.labels);
    v_resource.spec := p_body -> 'spec';
    v_resource.generation := 1;
    v_resource.generation_time := v_time;
    v_resource.version := 1;
    v_resource.created_time := v_time;
    v_resource.updated_time := v_time;
    v_resource.created_by := p_caller;
    v_resource.updated_by := p_caller;
    v_resource.tenancy := coalesce(p_owner.tenancy, p_tenancy);
    v_resource.tenant := coalesce(p_owner.tenant, p_tenant);
    v_resource.conditions := v_conditions;
    v_resource.states := condition_states(v_conditions);
    v_resource.unreconciled_since := unreconciled_since(v_conditions);
    return v_resource;
end;
$$;

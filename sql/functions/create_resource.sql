-- create_resource: a new resource at generation 1, with its four conditions from the first answer on.
--
-- p_kind      the kind; p_owner_id the parent's id as the path names it, null for a kind without one
-- p_body      the request body: name, spec, labels (null counts as absent); all else in it is ignored
-- p_caller    who is written down as created_by and updated_by
-- Returns the resource. Refuses: HF404 no such parent, HF410 the parent is marked for deletion,
-- HF503 the transaction is not of READ COMMITTED, or the kind is not in the database,
-- HF409 the name is taken.
create or replace function create_resource(p_kind text, p_owner_id text, p_body jsonb, p_caller text)
returns resources
language plpgsql as $$
declare
    v_resource resources;
    v_owner resources;
    v_owner_kind text;
    v_time timestamptz;
begin
    if p_owner_id is not null then
        perform require_read_committed();
        select kinds.parent_kind into v_owner_kind from kinds where kinds.kind = p_kind;
        v_owner := find_resource(v_owner_kind, null, p_owner_id);
        -- A share lock lets children be created side by side, and holds off a mark for deletion.
        select owner.*
        into v_owner
        from resources as owner
        where owner.id = v_owner.id
        for share;
        if not found then
            perform raise_not_found(v_owner_kind, null, p_owner_id);
        end if;
        if v_owner.deleted_time is not null then
            perform raise_problem(
                'HF410', format('%s with id=''%s'' is marked for deletion', v_owner_kind, p_owner_id)
            );
        end if;
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
    v_resource.version := 1;
    v_resource.created_time := v_time;
    v_resource.updated_time := v_time;
    v_resource.created_by := p_caller;
    v_resource.updated_by := p_caller;
    v_resource.conditions := current_conditions(v_resource.id, p_kind, 1, v_time, false, '[]'::jsonb);
    v_resource.states := condition_states(v_resource.conditions);
    v_resource.unreconciled_since := unreconciled_since(v_resource.conditions);

    insert into resources (
        id, kind, owner_id, name, labels, label_pairs, spec, generation, generation_time, version,
        created_time, updated_time, created_by, updated_by, conditions, states, unreconciled_since
    )
    values (
        v_resource.id,
        v_resource.kind,
        v_resource.owner_id,
        v_resource.name,
        v_resource.labels,
        v_resource.label_pairs,
        v_resource.spec,
        v_resource.generation,
        v_resource.generation_time,
        v_resource.version,
        v_resource.created_time,
        v_resource.updated_time,
        v_resource.created_by,
        v_resource.updated_by,
        v_resource.conditions,
        v_resource.states,
        v_resource.unreconciled_since
    )
    on conflict (kind, owner_id, name) where deleted_time is null do nothing;
    if not found then
        perform raise_problem('HF409', format('%s with name=''%s'' already exists', p_kind, v_resource.name));
    end if;
    -- After the insert, which waits while a kind is forgotten (forget_unused_kinds).
    if not exists (select from kinds where kinds.kind = p_kind) then
        perform raise_problem('HF503', format('The kind %s is not in the database', p_kind));
    end if;
    return v_resource;
end;
$$;

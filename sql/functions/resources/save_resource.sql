-- save_resource: writes a changed resource over the stored one.
--
-- p_conditions  the conditions where they may have changed, null where they have not
-- p_type        of the entry in the feed of changes: changed, by a caller; reported, where only conditions differ
-- p_changed     the members and the conditions that differ (changes.changed)
-- p_adapter     the adapter whose report has changed the conditions, null where none has
-- `states` and `unreconciled_since` are made of the conditions here; a caller that changes labels sets `label_pairs`, too.
-- The version rises with every change that clients can see; the spec is written where a generation began, so that a report
-- does not write it again. A column with an index keeps its stored value where it is equal: an equal value written anew
-- would break a heap-only update.
-- The entry is written where the version rises.
-- Requires the lock on the resource. Returns the resource as it is afterwards.
-- It, insert_resources, save_conditions and mark_resources are the only functions that write resources for callers.
create or replace function save_resource(
    p_resource resources,
    p_conditions jsonb,
    p_type text,
    p_changed text[],
    p_adapter text
) returns resources
language plpgsql as $$
declare
    v_version int := p_resource.version;
begin
    if p_conditions is not null then
        p_resource.conditions := p_conditions;
        p_resource.states := condition_states(p_conditions);
        p_resource.unreconciled_since := unreconciled_since(p_conditions);
    end if;
    -- A new one, of a server of the release before, whose functions know no tenancy; null when its name is taken.
    if p_resource.version is null then
        p_resource.version := 1;
        p_resource.tenancy := coalesce(p_resource.tenancy, '{}');
        p_resource.tenant := coalesce(p_resource.tenant, '');
        return case when insert_resources(array[p_resource]) = 1 then p_resource end;
    end if;
    update resources as resource
    set labels = p_resource.labels,
        label_pairs = case
            when resource.label_pairs = p_resource.label_pairs then resource.label_pairs
            else p_resource.label_pairs
        end,
        spec = case
            when resource.generation = p_resource.generation then resource.spec else p_resource.spec
        end,
        refs = p_resource.refs,
        generation = p_resource.generation,
        generation_time = p_resource.generation_time,
        version = resource.version + case
            when resource.updated_time = p_resource.updated_time and resource.conditions::text = p_resource.conditions::text
                then 0
            else 1
        end,
        updated_time = p_resource.updated_time,
        updated_by = p_resource.updated_by,
        conditions = p_resource.conditions,
        states = case
            when resource.states = p_resource.states then resource.states else p_resource.states
        end,
        unreconciled_since = p_resource.unreconciled_since
    where resource.id = p_resource.id
    returning resource.version, resource.spec into p_resource.version, p_resource.spec;
    if p_resource.version > v_version then
        insert into changes (type, kind, resource_id, owner_id, version, generation, tenancy, caller, adapter, changed)
        values (
            p_type,
            p_resource.kind,
            p_resource.id,
            p_resource.owner_id,
            p_resource.version,
            p_resource.generation,
            p_resource.tenancy,
            case when p_type <> 'reported' then p_resource.updated_by end,
            p_adapter,
            p_changed
        );
    end if;
    return p_resource;
end;
$$;

-- As a function of the release before calls it while it runs and `migrate` replaces it.
create or replace function save_resource(p_resource resources, p_conditions jsonb) returns resources
language sql as $$
    select save_resource(p_resource, p_conditions, 'changed', '{}', null)
$$;

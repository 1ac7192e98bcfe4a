-- resource_problems: the violated invariants of one resource, of those that concern one resource only. `verify` checks all
-- resources, servers a sample of them.
--
-- p_resource is the row as it is stored. Returns one row for each violated invariant, with the expected value or the subject;
-- no row when there is none.
-- `stable`: everything is read with the snapshot of the calling statement, so that no write can come in between.
create or replace function resource_problems(p_resource resources) returns table (problem text, detail text)
language plpgsql stable as $$
declare
    v_stored jsonb := p_resource.conditions;
    v_by_rules jsonb := current_conditions(
        p_resource.id,
        p_resource.kind,
        p_resource.generation,
        p_resource.generation_time,
        p_resource.deleted_time is not null,
        v_stored
    );
    -- As if there had been no conditions before: derived from the reports alone.
    v_from_reports jsonb := current_conditions(
        p_resource.id,
        p_resource.kind,
        p_resource.generation,
        p_resource.generation_time,
        p_resource.deleted_time is not null,
        '[]'::jsonb
    );
    v_parent_kind text;
    v_owner_kind text;
    v_owner_deleted_time timestamptz;
    v_owner_tenancy jsonb;
begin
    select kinds.parent_kind into v_parent_kind from kinds where kinds.kind = p_resource.kind;
    select owner.kind, owner.deleted_time, owner.tenancy
    into v_owner_kind, v_owner_deleted_time, v_owner_tenancy
    from resources as owner
    where owner.id = p_resource.owner_id;
    return query
    select 'the conditions are not what the rules make of the reports', v_by_rules::text
    where v_by_rules <> v_stored
    union all
    select 'a condition does not follow from the reports', compared.fact::text
    from (
        select stored.condition - array['type', 'created_time', 'last_transition_time'] as fact
        from jsonb_array_elements(v_stored) as stored (condition)
        inner join jsonb_array_elements(v_from_reports) as expected (condition)
            on expected.condition -> 'type' = stored.condition -> 'type'
        where stored.condition ->> 'type' in ('Reconciled', 'Ready')
            and stored.condition - array['type', 'created_time', 'last_transition_time']
                <> expected.condition - array['type', 'created_time', 'last_transition_time']
    ) as compared
    union all
    select 'states do not follow from the conditions', p_resource.states::text
    where p_resource.states <> condition_states(v_stored)
    union all
    select 'the time of being unreconciled does not follow from the conditions', p_resource.unreconciled_since::text
    where p_resource.unreconciled_since is distinct from unreconciled_since(v_stored)
    union all
    select 'label pairs do not follow from the labels', p_resource.label_pairs::text
    where p_resource.label_pairs <> label_pairs(p_resource.labels)
    union all
    select 'marked for deletion, complete and childless, and still there', null
    where is_finalized(p_resource.id, p_resource.kind, p_resource.generation, p_resource.deleted_time)
    union all
    select 'a child that is not marked under a parent that is', p_resource.owner_id::text
    where p_resource.deleted_time is null and v_owner_deleted_time is not null
    union all
    select 'the parent is missing or of the wrong kind', p_resource.owner_id::text
    where v_owner_kind is distinct from v_parent_kind
    union all
    select 'the tenancy is not that of the parent', p_resource.tenancy::text
    where p_resource.tenancy <> v_owner_tenancy
    union all
    select 'the tenant is not part of the tenancy', p_resource.tenant
    where (p_resource.tenant = '') <> (p_resource.tenancy = '{}') or exists (
        select
        from string_to_table(p_resource.tenant, ',') as pair
        where not p_resource.tenancy @> jsonb_build_object(split_part(pair, '=', 1), split_part(pair, '=', 2))
    )
    union all
    select 'a report of a generation that was never reached', status.adapter
    from adapter_statuses as status
    where status.resource_id = p_resource.id and status.observed_generation > p_resource.generation
    union all
    select 'the rows of references do not follow from the references', reference::text
    from (
        select given.ref_type, given.id, p_resource.deleted_time is null as is_held
        from given_references(p_resource.refs) as given
        except
        select stored.ref_type, stored.target_id::text, stored.held_id is not null
        from resource_references as stored
        where stored.source_id = p_resource.id
    ) as reference
    union all
    select 'a row of a reference that the resource does not have', stored.target_id::text
    from resource_references as stored
    where stored.source_id = p_resource.id
        and not coalesce(
            p_resource.refs -> stored.ref_type @> jsonb_build_array(jsonb_build_object('id', stored.target_id)), false
        )
    union all
    select 'a reference to a resource that is marked for deletion', target.id::text
    from resource_references as stored
    inner join resources as target on target.id = stored.held_id
    where stored.source_id = p_resource.id and target.deleted_time is not null
    union all
    select 'times out of order', null
    where p_resource.updated_time < p_resource.created_time
        or p_resource.generation_time < p_resource.created_time
        or p_resource.generation_time > p_resource.updated_time
        or p_resource.deleted_time <> p_resource.generation_time;
end;
$$;

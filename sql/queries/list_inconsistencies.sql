-- list_inconsistencies: everything in the database that the rules do not allow, for server/verify.ts.
--
-- Returns one row for each; none when all is well.
--   problem  text
--   kind     text
--   id       text?
--   detail   text?
with judged as (
    select
        resource,
        current_conditions(resource) as by_rules,
        -- As if there had been no conditions before: what follows from the reports alone.
        current_conditions(jsonb_populate_record(resource, '{"conditions": []}'::jsonb)) as from_reports,
        exists (select from resources as child where child.owner_id = resource.id) as has_children,
        cardinality(kinds.required_adapters) = 0 as needs_no_adapter
    from resources as resource
    inner join kinds on kinds.kind = resource.kind
)
select 'the conditions are not what the rules make of the reports' as problem, (judged.resource).kind, (judged.resource).id::text as id, judged.by_rules::text as detail
from judged
where judged.by_rules <> (judged.resource).conditions
union all
select 'a condition does not follow from the reports', (judged.resource).kind, (judged.resource).id::text, compared.fact::text
from judged
-- Within the row: joined over all rows, a restored database, whose planner knows nothing yet, compared each with each.
cross join lateral (
    select stored.condition - array['type', 'created_time', 'last_transition_time'] as fact
    from jsonb_array_elements((judged.resource).conditions) as stored (condition)
    inner join jsonb_array_elements(judged.from_reports) as expected (condition)
        on expected.condition -> 'type' = stored.condition -> 'type'
    where stored.condition ->> 'type' in ('Reconciled', 'Ready')
        and stored.condition - array['type', 'created_time', 'last_transition_time']
            <> expected.condition - array['type', 'created_time', 'last_transition_time']
) as compared
union all
select 'states do not follow from the conditions', resource.kind, resource.id::text, resource.states::text
from resources as resource
where resource.states <> condition_states(resource.conditions)
union all
select 'the time of being unreconciled does not follow from the conditions', resource.kind, resource.id::text, resource.unreconciled_since::text
from resources as resource
where resource.unreconciled_since is distinct from unreconciled_since(resource.conditions)
union all
select 'label pairs do not follow from the labels', resource.kind, resource.id::text, resource.label_pairs::text
from resources as resource
where resource.label_pairs <> label_pairs(resource.labels)
union all
select 'marked for deletion, complete and childless, and still there', (judged.resource).kind, (judged.resource).id::text, null
from judged
where (judged.resource).deleted_time is not null
    and not judged.has_children
    and (judged.needs_no_adapter or 'Reconciled=True' = any (condition_states(judged.from_reports)))
union all
select 'a child that is not marked under a parent that is', child.kind, child.id::text, owner.id::text
from resources as child
inner join resources as owner on owner.id = child.owner_id
where child.deleted_time is null and owner.deleted_time is not null
union all
select 'the parent is missing or of the wrong kind', child.kind, child.id::text, child.owner_id::text
from resources as child
inner join kinds on kinds.kind = child.kind
left join resources as owner on owner.id = child.owner_id
where owner.kind is distinct from kinds.parent_kind
union all
select 'a report without a resource', 'AdapterStatus', status.resource_id::text, status.adapter
from adapter_statuses as status
where not exists (select from resources as resource where resource.id = status.resource_id)
union all
select 'a report of a generation that was never reached', resource.kind, resource.id::text, status.adapter
from adapter_statuses as status
inner join resources as resource on resource.id = status.resource_id
where status.observed_generation > resource.generation
union all
select 'a name that is held twice', resource.kind, min(resource.id::text), resource.name
from resources as resource
where resource.deleted_time is null
group by resource.kind, resource.owner_id, resource.name
having count(*) > 1
union all
select 'times out of order', resource.kind, resource.id::text, null
from resources as resource
where resource.updated_time < resource.created_time
    or resource.generation_time < resource.created_time
    or resource.generation_time > resource.updated_time
    or resource.deleted_time <> resource.generation_time
union all
select 'the kept count is wrong', kinds.kind, null, counted.total || ' kept, ' || actual.total || ' there'
from kinds
cross join lateral (
    select coalesce(sum(resource_counts.count), 0) as total
    from resource_counts
    where resource_counts.kind = kinds.kind
) as counted
cross join lateral (
    select count(*) as total
    from resources as resource
    where resource.kind = kinds.kind
) as actual
where counted.total <> actual.total
order by problem, kind, id;

-- What lists are searched and sorted by, at any size (docs/search.md says which path has an index).

-- The last_updated_time of Reconciled (and of Ready, which is the same) while it is False, else null: what
-- pollers look for. Reports move this time, but an index on it costs a reconciled resource nothing, since its
-- null stays null: the report remains a heap-only update.
alter table resources add column unreconciled_since timestamptz;

update resources as resource
set unreconciled_since = (
    select (condition ->> 'last_updated_time')::timestamptz
    from jsonb_array_elements(resource.conditions) as condition
    where condition ->> 'type' = 'Reconciled'
)
where resource.states @> array['Reconciled=False'];

-- In the order of lists, and with the time in it: total and page come from the index alone.
create index resources_unreconciled_idx
    on resources (kind, created_time desc, id desc, unreconciled_since)
    where unreconciled_since is not null;
create index resources_kind_id_idx on resources (kind, id);
create index resources_kind_updated_time_idx on resources (kind, updated_time desc, id desc);
create index resources_kind_created_by_idx on resources (kind, created_by, id);

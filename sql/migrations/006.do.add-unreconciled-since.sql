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

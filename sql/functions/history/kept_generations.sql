-- kept_generations: the states of a resource that are kept: of its generations but the last, and of the last, which the resource has
-- until its removal. A mark for deletion begins a generation with the state of the one before.
create or replace function kept_generations(p_id uuid) returns setof generations
language sql stable rows 10 as $$
    select kept.*
    from generations as kept
    where kept.resource_id = p_id
    union all
    select
        own.updated_time, own.id, own.kind, own.owner_id, own.tenancy,
        own.generation - case when own.deleted_time is null then 0 else 1 end,
        own.generation, own.generation_time, own.labels, own.spec, own.refs
    from resources as own
    where own.id = p_id
$$;

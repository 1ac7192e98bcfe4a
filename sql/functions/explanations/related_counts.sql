-- related_counts: how many of these resources there are, how many are marked for deletion, and how many are not reconciled.
create or replace function related_counts(p_ids uuid[]) returns jsonb
language sql stable as $$
    select jsonb_build_object(
        'total', count(*),
        'marked', count(*) filter (where resource.deleted_time is not null),
        'not_reconciled', count(*) filter (where resource.unreconciled_since is not null)
    )
    from resources as resource
    where resource.id = any (p_ids)
$$;

-- resource_href: the path of a resource: that of its kind, or of resources of any kind where its kind is configured no more.
create or replace function resource_href(p_kind kinds, p_id uuid) returns text
language sql stable parallel safe as $$
    select p_kind.base_path || '/' || case when p_kind.is_configured then p_kind.plural else 'resources' end || '/' || p_id
$$;

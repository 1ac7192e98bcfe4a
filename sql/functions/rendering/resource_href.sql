-- resource_href: the path of a resource.
create or replace function resource_href(p_kind kinds, p_id uuid) returns text
language sql stable parallel safe as $$
    select p_kind.base_path || '/' || p_kind.plural || '/' || p_id
$$;

-- owner_reference: the reference to a resource's parent, with the members asked for (resource_body); null when
-- none was.
create or replace function owner_reference(p_kind kinds, p_id uuid, p_fields text[]) returns jsonb
language sql stable parallel safe as $$
    select case
        when is_asked(p_fields, 'owner_references')
            then jsonb_build_object('kind', p_kind.kind, 'id', p_id, 'href', resource_href(p_kind, p_id))
        when asked_within(p_fields, 'owner_references') is not null
            then picked(
                jsonb_build_object('kind', p_kind.kind, 'id', p_id, 'href', resource_href(p_kind, p_id)),
                asked_within(p_fields, 'owner_references')
            )
    end
$$;

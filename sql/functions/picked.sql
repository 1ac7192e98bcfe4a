-- picked: an object, or each object of an array, with only these members.
create or replace function picked(p_value jsonb, p_members text[]) returns jsonb
language plpgsql immutable parallel safe as $$
begin
    if jsonb_typeof(p_value) = 'array' then
        return (
            select coalesce(jsonb_agg(picked(item.value, p_members) order by item.position), '[]'::jsonb)
            from jsonb_array_elements(p_value) with ordinality as item (value, position)
        );
    end if;
    return (
        select coalesce(jsonb_object_agg(member.key, member.value), '{}'::jsonb)
        from jsonb_each(p_value) as member (key, value)
        where member.key = any (p_members)
    );
end;
$$;

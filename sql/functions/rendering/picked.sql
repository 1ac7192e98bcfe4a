-- picked: an object, or each object of an array, with only these members.
create or replace function picked(p_value jsonb, p_members text[]) returns jsonb
language plpgsql immutable parallel safe as $$
begin
    if jsonb_typeof(p_value) = 'array' then
        return (
            select coalesce(
                jsonb_agg(
                    item.value - array(
                        select member from jsonb_object_keys(item.value) as member where member <> all (p_members)
                    )
                    order by item.position
                ),
                '[]'::jsonb
            )
            from jsonb_array_elements(p_value) with ordinality as item (value, position)
        );
    end if;
    return p_value - array(
        select member from jsonb_object_keys(p_value) as member where member <> all (p_members)
    );
end;
$$;

-- jsonb_strip_top_nulls: an object without the members that are null; nulls further in stay.
create or replace function jsonb_strip_top_nulls(p_object jsonb) returns jsonb
language sql immutable parallel safe as $$
    select p_object - array(
        select member.key
        from jsonb_each(p_object) as member
        where jsonb_typeof(member.value) = 'null'
    )
$$;

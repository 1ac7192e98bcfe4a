-- jsonb_strip_top_nulls: an object without the members that are null; nulls further in stay.
create or replace function jsonb_strip_top_nulls(p_object jsonb) returns jsonb
language plpgsql immutable parallel safe as $$
begin
    if not p_object @? '$.* ? (@ == null)' then
        return p_object;
    end if;
    return p_object - array(
        select member.key
        from jsonb_each(p_object) as member
        where jsonb_typeof(member.value) = 'null'
    );
end;
$$;

-- merge_patch: a JSON merge patch (RFC 7396) applied to a value: null removes, objects merge, all else
-- replaces.
create or replace function merge_patch(p_target jsonb, p_patch jsonb) returns jsonb
language plpgsql immutable parallel safe as $$
declare
    v_target jsonb := case when jsonb_typeof(p_target) = 'object' then p_target else '{}'::jsonb end;
begin
    if jsonb_typeof(p_patch) <> 'object' then
        return p_patch;
    end if;
    return (
        select coalesce(jsonb_object_agg(merged.key, merged.value), '{}'::jsonb)
        from (
            select kept.key, kept.value
            from jsonb_each(v_target) as kept
            where not p_patch ? kept.key
            union all
            select changed.key, merge_patch(v_target -> changed.key, changed.value)
            from jsonb_each(p_patch) as changed
            where jsonb_typeof(changed.value) <> 'null'
        ) as merged
    );
end;
$$;

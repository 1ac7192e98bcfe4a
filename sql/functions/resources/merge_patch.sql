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
    -- Joined, not looked up member by member: each look-up would unpack a large target again.
    return (
        -- As text in between: jsonb_object_agg takes quadratic time over a large value.
        select coalesce(json_object_agg(merged.key, merged.value)::jsonb, '{}'::jsonb)
        from (
            select
                coalesce(kept.key, changed.key) as key,
                case
                    when changed.key is null then kept.value
                    else merge_patch(kept.value, changed.value)
                end as value
            from jsonb_each(v_target) as kept
            full join jsonb_each(p_patch) as changed on changed.key = kept.key
            where changed.key is null or jsonb_typeof(changed.value) <> 'null'
        ) as merged
    );
end;
$$;

-- json_patch: a JSON Patch (RFC 6902) that makes one value of another, as an array of operations; empty where they are equal.
--
-- p_before, p_after  the values
-- p_path             the JSON Pointer of the value, empty for the whole
-- p_depth            how many levels of objects and arrays are looked into; a value below is replaced whole
-- Items of arrays are compared by their position. Numbers are compared and written exactly.
create or replace function json_patch(p_before jsonb, p_after jsonb, p_path text, p_depth int) returns jsonb
language plpgsql immutable parallel safe as $$
declare
    v_patch jsonb := '[]';
    v_key text;
    v_path text;
    v_old int;
    v_new int;
begin
    if p_before = p_after then
        return v_patch;
    elsif p_depth > 0 and jsonb_typeof(p_before) = 'object' and jsonb_typeof(p_after) = 'object' then
        for v_key in
            select members.key
            from (select jsonb_object_keys(p_before) as key union select jsonb_object_keys(p_after)) as members
            order by members.key collate "C"
        loop
            v_path := p_path || '/' || replace(replace(v_key, '~', '~0'), '/', '~1');
            v_patch := v_patch || case
                when not p_after ? v_key then jsonb_build_array(jsonb_build_object('op', 'remove', 'path', v_path))
                when not p_before ? v_key then
                    jsonb_build_array(jsonb_build_object('op', 'add', 'path', v_path, 'value', p_after -> v_key))
                else json_patch(p_before -> v_key, p_after -> v_key, v_path, p_depth - 1)
            end;
        end loop;
        return v_patch;
    elsif p_depth > 0 and jsonb_typeof(p_before) = 'array' and jsonb_typeof(p_after) = 'array' then
        v_old := jsonb_array_length(p_before);
        v_new := jsonb_array_length(p_after);
        for v_at in 0 .. least(v_old, v_new) - 1 loop
            v_patch := v_patch || json_patch(p_before -> v_at, p_after -> v_at, p_path || '/' || v_at, p_depth - 1);
        end loop;
        for v_at in reverse v_old - 1 .. v_new loop
            v_patch := v_patch || jsonb_build_array(jsonb_build_object('op', 'remove', 'path', p_path || '/' || v_at));
        end loop;
        for v_at in v_old .. v_new - 1 loop
            v_patch := v_patch || jsonb_build_array(
                jsonb_build_object('op', 'add', 'path', p_path || '/' || v_at, 'value', p_after -> v_at)
            );
        end loop;
        return v_patch;
    end if;
    return jsonb_build_array(jsonb_build_object('op', 'replace', 'path', p_path, 'value', p_after));
end;
$$;

-- sorted_names: names sorted by bytes, as messages list them. In a loop, since there are few.
create or replace function sorted_names(p_names text[]) returns text[]
language plpgsql immutable parallel safe as $$
declare
    v_name text;
    v_at int;
    v_sorted text[] := '{}';
begin
    foreach v_name in array p_names loop
        v_at := 1;
        while v_sorted[v_at] < v_name collate "C" loop
            v_at := v_at + 1;
        end loop;
        v_sorted := v_sorted[:v_at - 1] || v_name || v_sorted[v_at:];
    end loop;
    return v_sorted;
end;
$$;

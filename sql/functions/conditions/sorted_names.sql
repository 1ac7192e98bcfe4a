-- sorted_names: names sorted by bytes, as messages list them. In a loop, since there are few.
create or replace function sorted_names(p_names text[]) returns text[]
language plpgsql immutable parallel safe as $$
declare
    v_name text collate "C";
    v_at int;
    v_sorted text[] := p_names;
begin
    for v_next in 2 .. cardinality(p_names) loop
        v_name := p_names[v_next];
        v_at := v_next;
        while v_sorted[v_at - 1] > v_name loop
            v_sorted[v_at] := v_sorted[v_at - 1];
            v_at := v_at - 1;
        end loop;
        v_sorted[v_at] := v_name;
    end loop;
    return v_sorted;
end;
$$;

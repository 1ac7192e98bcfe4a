-- oldest_at: the time of the oldest usable report at a generation; null when there is none.
create or replace function oldest_at(p_judged judged_report[], p_generation int) returns text
language plpgsql immutable parallel safe as $$
declare
    v_judged judged_report;
    v_oldest text collate "C";
begin
    foreach v_judged in array p_judged loop
        if v_judged.usable and v_judged.generation = p_generation then
            v_oldest := least(v_oldest, v_judged.time);
        end if;
    end loop;
    return v_oldest;
end;
$$;

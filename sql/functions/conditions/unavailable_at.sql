-- unavailable_at: whether a usable report at a generation says Available=False.
create or replace function unavailable_at(p_judged judged_report[], p_generation int) returns boolean
language plpgsql immutable parallel safe as $$
declare
    v_judged judged_report;
begin
    foreach v_judged in array p_judged loop
        if v_judged.usable and not v_judged.available and v_judged.generation = p_generation then
            return true;
        end if;
    end loop;
    return false;
end;
$$;

-- condition_of: the condition of a type; null when there is no such condition. In a loop, since there are few, and from
-- the end, where those of adapters are.
create or replace function condition_of(p_conditions jsonb, p_type text) returns jsonb
language plpgsql immutable parallel safe as $$
declare
    -- `#> '{}'` makes a decompressed copy: each access to the original would decompress it again.
    v_conditions jsonb := p_conditions #> '{}';
begin
    for v_at in reverse jsonb_array_length(v_conditions) - 1 .. 0 loop
        if v_conditions -> v_at ->> 'type' = p_type then
            return v_conditions -> v_at;
        end if;
    end loop;
    return null;
end;
$$;

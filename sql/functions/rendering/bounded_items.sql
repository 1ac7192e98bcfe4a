-- bounded_items: the texts of a cursor, in its order, up to a number of bytes. Each is built once, and none beyond the bound
-- except the first one that exceeds it.
--
-- p_items      an open cursor of one column of text; it is closed afterwards
-- p_max_bytes  how many bytes they may have in all; the first one is never too large
-- p_beyond     the result for a list that has more:
--                cut     the items before the bound
--                refuse  HF400, with the largest size that would fit and with p_advice
--                none    null
create or replace function bounded_items(p_items refcursor, p_max_bytes int, p_beyond text, p_advice text)
returns text[]
language plpgsql stable as $$
declare
    v_items text[] := '{}';
    v_item text;
    v_count int := 0;
    v_bytes bigint := 0;
begin
    loop
        fetch p_items into v_item;
        exit when not found;
        v_bytes := v_bytes + octet_length(v_item);
        if v_bytes > p_max_bytes and v_count > 0 then
            close p_items;
            if p_beyond = 'cut' then return v_items; end if;
            if p_beyond = 'none' then return null; end if;
            perform raise_problem(
                'HF400',
                format('The page is larger than %s bytes', p_max_bytes),
                jsonb_build_array(jsonb_build_object(
                    'field', 'size',
                    'message', format('must be at most %s for items as large as these%s', v_count, p_advice),
                    'constraint', 'maximum'
                ))
            );
        end if;
        v_items := v_items || v_item;
        v_count := v_count + 1;
    end loop;
    close p_items;
    return v_items;
end;
$$;

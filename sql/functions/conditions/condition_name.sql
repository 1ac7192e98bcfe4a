-- condition_name: the condition that shows one required adapter: my-adapter -> MyAdapterSuccessful.
-- Only the first letter of each part is raised; initcap would lower the others.
create or replace function condition_name(p_adapter text) returns text
language plpgsql immutable parallel safe as $$
declare
    v_part text;
    v_name text := '';
begin
    foreach v_part in array string_to_array(p_adapter, '-') loop
        v_name := v_name || upper(left(v_part, 1)) || substr(v_part, 2);
    end loop;
    return v_name || 'Successful';
end;
$$;

-- add_partition: makes the partition of a table for a day (UTC), if there is none.
create or replace function add_partition(p_table text, p_day date) returns void
language plpgsql as $$
declare
    v_name text := p_table || '_' || to_char(p_day, 'YYYYMMDD');
begin
    if to_regclass(v_name) is not null then
        return;
    end if;
    -- A write that has chosen the default partition would fail once this one is attached: of today, none may be under way.
    if p_day <= (clock_timestamp() at time zone 'UTC')::date then
        execute format('lock table %I in share row exclusive mode', p_table);
    end if;
    -- Not `partition of`, which would lock the whole table against writers.
    execute format('create table %I (like %I including all)', v_name, p_table);
    execute format(
        'alter table %I attach partition %I for values from (%L) to (%L)',
        p_table, v_name, p_day || ' 00:00:00+00', p_day + 1 || ' 00:00:00+00'
    );
exception
    -- The default partition has rows of this day.
    when check_violation or lock_not_available or deadlock_detected then null;
end;
$$;

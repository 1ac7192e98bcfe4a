-- expired_partitions: the partitions of a table whose rows are all older than p_age; the default one, if it has any.
create or replace function expired_partitions(p_table text, p_age interval) returns table (name text)
language plpgsql as $$
declare
    v_newest timestamptz;
begin
    return query
    select partition.relname::text
    from pg_inherits as own
    inner join pg_class as partition on partition.oid = own.inhrelid
    where own.inhparent = p_table::regclass
        and partition.relname ~ '_\d{8}$'
        and (to_date(right(partition.relname, 8), 'YYYYMMDD') + 1)::timestamp at time zone 'UTC' <= clock_timestamp() - p_age;
    execute format('select max(time) from %I', p_table || '_default') into v_newest;
    if v_newest <= clock_timestamp() - p_age then
        name := p_table || '_default';
        return next;
    end if;
end;
$$;

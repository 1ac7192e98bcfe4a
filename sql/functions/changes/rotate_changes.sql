-- rotate_changes: makes the partitions of `changes` for today and the next two days (UTC), and drops those whose entries are all older
-- than the retention. Run by `migrate` and by servers; when another one is at it, nothing is done.
--
-- p_retention  how long entries are kept at least
-- change_feed.floor rises to the last dropped number, so that older tokens are refused. It never waits long for a lock: what cannot be done now is
-- done the next time, and until then entries go to the default partition.
-- It runs with the rights of the owner of the tables, so that a role that owns nothing can run it.
create or replace function rotate_changes(p_retention interval) returns void
language plpgsql security definer set search_path from current as $$
declare
    v_today date := clock_timestamp() at time zone 'UTC';
    v_day date;
    v_name text;
    v_last bigint;
begin
    if not pg_try_advisory_xact_lock(hashtext('hyperfleet-api changes')) then
        return;
    end if;
    perform set_config('lock_timeout', '200ms', true);
    for v_day in select v_today + ahead from generate_series(0, 2) as ahead loop
        v_name := 'changes_' || to_char(v_day, 'YYYYMMDD');
        continue when to_regclass(v_name) is not null;
        begin
            -- Not `partition of`, which would lock the whole table against writers.
            execute format('create table %I (like changes including all)', v_name);
            execute format(
                'alter table changes attach partition %I for values from (%L) to (%L)',
                v_name, v_day || ' 00:00:00+00', v_day + 1 || ' 00:00:00+00'
            );
        exception
            -- The default partition has entries of this day.
            when check_violation or lock_not_available or deadlock_detected then null;
        end;
    end loop;
    for v_name in
        select partition.relname
        from pg_inherits as own
        inner join pg_class as partition on partition.oid = own.inhrelid
        where own.inhparent = 'changes'::regclass
            and partition.relname ~ '^changes_\d{8}$'
            and (to_date(right(partition.relname, 8), 'YYYYMMDD') + 1)::timestamp at time zone 'UTC'
                <= clock_timestamp() - p_retention
        order by partition.relname
    loop
        begin
            execute format('lock table %I in access exclusive mode', v_name);
            execute format('select max(seq) from %I', v_name) into v_last;
            execute format('drop table %I', v_name);
            update change_feed set floor = greatest(floor, v_last);
        exception
            when lock_not_available or deadlock_detected then null;
        end;
    end loop;
    begin
        if (select max(kept.time) from changes_default as kept) <= clock_timestamp() - p_retention then
            lock table changes_default in access exclusive mode;
            select max(kept.seq)
            into v_last
            from changes_default as kept
            having max(kept.time) <= clock_timestamp() - p_retention;
            if found then
                truncate changes_default;
                update change_feed set floor = greatest(floor, v_last);
            end if;
        end if;
    exception
        when lock_not_available or deadlock_detected then null;
    end;
end;
$$;

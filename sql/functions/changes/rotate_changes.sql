-- rotate_changes: makes the partitions of `changes` and of `generations` for today and the next two days (UTC), raises the floor of the
-- feed, and drops the partitions whose rows are all too old. Run by `migrate` and by servers; when another one is at it, nothing is done.
--
-- p_retention          how long the feed can be read from an entry on, at least
-- p_history_retention  how long entries and states are kept, at least; not shorter than p_retention
-- change_feed.floor rises to the last number of the entries that are too old for the feed, so that older tokens are refused.
-- It never waits long for a lock: what cannot be done now is done the next time, and until then rows go to the default partition.
-- It runs with the rights of the owner of the tables, so that a role that owns nothing can run it.
create or replace function rotate_changes(p_retention interval, p_history_retention interval) returns void
language plpgsql security definer set search_path from current as $$
declare
    v_kept interval := greatest(p_retention, p_history_retention);
    v_today date := clock_timestamp() at time zone 'UTC';
    v_table text;
    v_name text;
    v_day date;
begin
    if not pg_try_advisory_xact_lock(hashtext('hyperfleet-api changes')) then
        return;
    end if;
    perform set_config('lock_timeout', '200ms', true);
    foreach v_table in array array['changes', 'generations'] loop
        for v_day in select v_today + ahead from generate_series(0, 2) as ahead loop
            perform add_partition(v_table, v_day);
        end loop;
    end loop;
    for v_name in select expired.name from expired_partitions('changes', p_retention) as expired loop
        perform raise_change_floor(v_name);
    end loop;
    for v_table, v_name in
        select own.name, expired.name
        from (values ('changes'), ('generations')) as own (name)
        cross join expired_partitions(own.name, v_kept) as expired
        order by expired.name
    loop
        begin
            execute format('lock table %I in access exclusive mode', v_name);
            if v_table = 'changes' then
                -- An entry that was written while its partition was not locked.
                perform raise_change_floor(v_name);
            end if;
            if v_name like '%\_default' then
                execute format('truncate %I', v_name);
            else
                execute format('drop table %I', v_name);
            end if;
        exception
            when lock_not_available or deadlock_detected then null;
        end;
    end loop;
end;
$$;

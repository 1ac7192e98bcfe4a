-- Keeps resource_counts. A statement trigger, so that a cascade or a seed of many rows counts once;
-- one backend always takes the same slot, and kinds in one order, so counting cannot deadlock.
create function count_resources() returns trigger
language plpgsql as $$
begin
    insert into resource_counts as counted (kind, slot, count)
    select
        changed.kind,
        pg_backend_pid() % 16,
        count(*) * case tg_op when 'INSERT' then 1 else -1 end
    from changed
    group by changed.kind
    order by changed.kind
    on conflict (kind, slot) do update
    set count = counted.count + excluded.count;
    return null;
end;
$$;

create trigger resources_count_inserted
    after insert on resources
    referencing new table as changed
    for each statement execute function count_resources();

create trigger resources_count_deleted
    after delete on resources
    referencing old table as changed
    for each statement execute function count_resources();

-- raise_change_floor: raises the floor of the feed to the last entry of a partition.
create or replace function raise_change_floor(p_partition text) returns void
language plpgsql as $$
declare
    v_last bigint;
begin
    execute format('select max(seq) from %I', p_partition) into v_last;
    update change_feed set floor = v_last where floor < v_last;
end;
$$;

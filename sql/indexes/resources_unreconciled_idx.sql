-- resources_unreconciled_idx: what pollers ask for, in the order of lists and with the time in it: total and page come from here alone.
create index concurrently resources_unreconciled_idx
    on resources (kind, created_time desc, id desc, unreconciled_since)
    where unreconciled_since is not null;

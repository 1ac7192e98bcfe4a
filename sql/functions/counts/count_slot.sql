-- count_slot: the row in which a transaction counts resources of a tenant, empty for all (resource_counts).
--
-- p_tenant  the required dimensions of a tenancy (resources.tenant)
-- A write of its own shares a row with other connections, and takes it last. A batch counts before it ends, so it has rows that no
-- other transaction writes meanwhile (lock_for_batch). A list of a tenant reads a few rows of many pages, a list of all
-- resources more of one page, since more connections create them at once.
create or replace function count_slot(p_tenant text) returns int
language sql volatile as $$
    select coalesce(
        16 + nullif(current_setting('hyperfleet.batch_slot', true), '')::int,
        pg_backend_pid() % case when p_tenant = '' then 16 else 4 end
    )
$$;

-- get_row_security: whether statements for callers pass row-level security (set_row_security).
--
-- Returns one row.
--   is_on  boolean
select exists (
    select
    from pg_class as view
    inner join pg_class as base on base.oid = to_regclass('resources')
    where view.oid = to_regclass('scoped_resources')
        and view.relowner = to_regrole('hyperfleet_scoped')
        and base.relrowsecurity
) as is_on;

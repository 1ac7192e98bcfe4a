-- format_time: the one form in which times leave the database: RFC 3339, UTC, always six digits.
--
-- `stable`, as to_char is; said otherwise it would no longer be inlined.
create or replace function format_time(p_time timestamptz) returns text
language sql stable parallel safe as $$
    select to_char(p_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;

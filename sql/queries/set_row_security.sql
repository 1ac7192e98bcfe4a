-- set_row_security: turns row-level security on or off (sql/functions/tenancy/set_row_security.sql).
--
-- Params
--   $1 is_on  boolean
-- Returns one row without meaning; insufficient_privilege as the function says.
--   done  boolean
select set_row_security($1::boolean) is not null as done;

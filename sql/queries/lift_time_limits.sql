-- lift_time_limits: sets every time limit of PostgreSQL to none, over the settings of role, database and server.
--
-- Params
--   $1 is_local  boolean  for this transaction only; otherwise for the session
-- Returns one row for each limit that this version of PostgreSQL has.
--   value  text
select set_config(name, '0', $1::boolean) as value
from pg_settings
where name in (
    'idle_in_transaction_session_timeout',
    'idle_session_timeout',
    'lock_timeout',
    'statement_timeout',
    'transaction_timeout'
);

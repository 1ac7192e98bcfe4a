-- limit_lock_waits: how long a statement of this transaction may wait for a lock; 55P03 when it waits longer.
--
-- Params
--   $1 timeout  text  such as 2s
-- Returns one row without meaning.
--   timeout  text
select set_config('lock_timeout', $1::text, true) as timeout;

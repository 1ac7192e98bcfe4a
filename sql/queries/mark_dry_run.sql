-- mark_dry_run: marks the transaction as one that is rolled back, so that the rules keep no other request from its work
-- (create_resource_once). The mark ends with the transaction.
--
-- Returns one row without meaning.
--   done  text
select set_config('hyperfleet.dry_run', 'true', true) as done;

-- lock_batch: takes the locks of all writes of a batch (sql/functions/batches/lock_for_batch.sql).
--
-- Params
--   $1 writes   jsonb   [{verb, id, owner_id, references, kind, name}]
--   $2 tenancy  jsonb?  the caller's tenancy (within_tenancy)
-- Returns one row without meaning; 40001 and HF503 as the function says.
--   done  text
select lock_for_batch($1::jsonb, $2::jsonb)::text as done;

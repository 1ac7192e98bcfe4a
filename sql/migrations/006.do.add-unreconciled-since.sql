-- The last_updated_time of Reconciled (and of Ready, which is the same) while it is False, else null: what
-- pollers look for. Reports move this time, but an index on it costs a reconciled resource nothing, since its
-- null stays null: the report remains a heap-only update.
-- What is there gets it from `migrate`, a batch at a time, after this has been committed.
alter table resources add column unreconciled_since timestamptz;

-- change_bound: how far the feed can be read, and the transactions that must end first.
--
-- p_known  the bound up to which everything has been read; null at the beginning
-- Returns one row:
--   feed     feed_digest
--   bound    the last number that was drawn
--   writers  the transactions that may still write entries up to it; empty where the bound is the known one
-- A writer locks `changes` before it draws a number, until its transaction ends. So a number up to the bound belongs to a transaction
-- that has ended, or that holds its lock when the locks are read, which must be after the bound: these are statements of their own.
-- Once the writers have ended, a later statement sees all entries up to the bound that there will ever be. Entries have no other order.
create or replace function change_bound(p_known bigint) returns table (feed text, bound bigint, writers text[])
language plpgsql volatile rows 1 as $$
begin
    select case when drawn.is_called then drawn.last_value else 0 end into bound from change_numbers as drawn;
    feed := feed_digest();
    writers := case when bound is distinct from p_known then change_writers(null) else '{}' end;
    return next;
end;
$$;

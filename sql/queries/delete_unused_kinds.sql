-- delete_unused_kinds: forgets the kinds that are configured no more and have no resources (forget_unused_kinds).
--
-- Params
--   $1 configured  text[]
-- Returns one row without meaning.
--   done  text?
select forget_unused_kinds($1::text[])::text as done;

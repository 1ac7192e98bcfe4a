-- require_read_committed: HF503 in a transaction of another isolation level.
--
-- A rule that is applied after a lock must see all commits before the lock was granted; under REPEATABLE READ and
-- SERIALIZABLE it would see the snapshot of the start of the transaction. Every path that locks a resource begins with this:
-- a role, a database or a pooler can set the level at any time.
create or replace function require_read_committed() returns void
language plpgsql stable as $$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        perform raise_problem(
            'HF503',
            'default_transaction_isolation of the database must be read committed, and is '
                || current_setting('transaction_isolation')
        );
    end if;
end;
$$;

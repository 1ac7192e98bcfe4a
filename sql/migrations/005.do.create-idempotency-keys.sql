-- The first answer to each create that came with an Idempotency-Key, written in the transaction that
-- created: when the create is undone, so is the key.
create table idempotency_keys (
    caller text collate "C" not null,
    kind text collate "C" not null,
    -- As the path names it; '' for a kind without a parent.
    owner_id text collate "C" not null,
    key text collate "C" not null,
    body_hash bytea not null,
    body text not null,
    href text not null,
    version int not null,
    created_time timestamptz not null,
    constraint idempotency_keys_pk primary key (caller, kind, owner_id, key)
);

create index idempotency_keys_created_time_idx on idempotency_keys (created_time);

-- update_kept_answer: replaces the body and the version in the answer that is kept for an idempotency key.
--
-- Params
--   $1 caller    text
--   $2 scope     text   the kind that the path creates, or Resource where it may be any
--   $3 owner_id  text?  the parent's id
--   $4 key       text
--   $5 body      text
--   $6 version   int
-- Returns one row without meaning.
--   done  boolean
with updated as (
    update idempotency_keys as kept
    set body = $5::text,
        version = $6::int
    where kept.caller = $1::text
        and kept.kind = $2::text
        and kept.owner_id = coalesce($3::text, '')
        and kept.key = $4::text
    returning kept.key
)
select count(*) > 0 as done
from updated;

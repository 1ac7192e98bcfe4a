-- get_kept_answer: the answer that is kept for the idempotency key of a batch, which the transaction has from here on
-- (sql/functions/idempotency/kept_answer.sql).
--
-- Params
--   $1 caller   text
--   $2 scope    text      what the key is for
--   $3 key      text
--   $4 hash     text      the SHA-256 of the request body, in hexadecimal digits
--   $5 key_ttl  interval  how long an answer is kept
-- Returns one row; HF422 and HF423 as the function says.
--   body  text?  the body of the answer; null when there is none
select kept.body
from kept_answer($1::text, $2::text, '', $3::text, decode($4::text, 'hex'), $5::interval) as kept;

-- create_resource: creates a resource (sql/functions/idempotency/create_resource_once.sql).
--
-- Params
--   $1 kind      text
--   $2 owner_id  text?     the parent's id, for a kind that has one
--   $3 body      text      the request body as it was sent
--   $4 caller    text
--   $5 key       text?     the header Idempotency-Key (create_resource_once)
--   $6 key_ttl   interval  how long its answer is kept
--   $7 scope     text      the kind that the path creates, or Resource where it may be any
--   $8 maps      boolean   whether conditions are mapped afterwards
--   $9 tenancy   jsonb?    the caller's tenancy (within_tenancy)
--   $10 tenant   text      the required dimensions of it (resources.tenant)
-- Returns one row; HF404, HF409, HF410, HF422 and HF423 as the function says.
--   body     text  the resource as JSON
--   href     text  its path
--   version  int   its version, for the entity tag
--   id       text  its id
--   started  boolean  whether a generation began: not when a kept answer is given again
--   inputs   text?    with `maps`, where a generation began: what the rules of its kind look at (condition_inputs)
--   has_rules  boolean  whether a generation began and its kind has rules
select
    created.body,
    created.href,
    created.version,
    created.id::text as id,
    created.started,
    case when $8::boolean and created.started then condition_inputs(created.id, false) end as inputs,
    created.has_rules
from create_resource_once($1::text, $2::text, $3::text, $4::text, $7::text, $5::text, $6::interval, $9::jsonb, $10::text) as created;

-- create_resource_once: creates a resource; with a key, only the first time.
--
-- p_kind, p_owner_id, p_caller  see create_resource
-- p_body  the request body as it was sent: its bytes tell whether a repeated request is the same
-- p_scope what the path creates: the kind, or Resource where it may be any
-- p_key   the header Idempotency-Key, after the tenancy and the issuer of the token where there are any, each with a line feed;
--         valid for this caller and path; null when there is none
-- p_ttl   how long an answer is kept
-- p_tenancy, p_tenant  see create_resource
-- Returns one row, which is that of the first answer when the key has been used:
--   id, body, href, version  of the resource
--   started    whether a generation began: not when a kept answer is given again
--   has_rules  whether a generation began and its kind has rules for conditions
-- Refuses, beside what create_resource does: HF423 and HF422 as kept_answer, HF503 the kind is not in the database.
create or replace function create_resource_once(
    p_kind text,
    p_owner_id text,
    p_body text,
    p_caller text,
    p_scope text,
    p_key text,
    p_ttl interval,
    p_tenancy jsonb,
    p_tenant text
) returns table (id uuid, body text, href text, version int, started boolean, has_rules boolean)
language plpgsql rows 1 as $$
declare
    v_owner_id text := coalesce(p_owner_id, '');
    v_hash bytea;
    v_stored idempotency_keys;
    v_resource resources;
begin
    if p_key is not null then
        v_hash := sha256(convert_to(p_body, 'UTF8'));
        v_stored := kept_answer(p_caller, p_scope, v_owner_id, p_key, v_hash, p_ttl);
        if v_stored.key is not null then
            return query
            select (v_stored.body::json ->> 'id')::uuid, v_stored.body, v_stored.href, v_stored.version, false, false;
            return;
        end if;
    end if;

    v_resource := create_resource(p_kind, p_owner_id, p_body::jsonb, p_caller, p_tenancy, p_tenant);
    id := v_resource.id;
    version := v_resource.version;
    started := true;
    select
        resource_body(v_resource, own_kind, owner_kind, null),
        resource_href(own_kind, v_resource.id),
        own_kind.condition_rules <> '[]'
    into body, href, has_rules
    from kinds as own_kind
    left join kinds as owner_kind on owner_kind.kind = own_kind.parent_kind
    where own_kind.kind = p_kind;
    -- Looked up after the insert, which waits while a kind is forgotten (forget_unused_kinds).
    if not found then
        perform raise_problem('HF503', format('The kind %s is not in the database', p_kind));
    end if;

    if p_key is not null then
        perform keep_answer(p_caller, p_scope, v_owner_id, p_key, v_hash, body, href, version, p_ttl);
    end if;
    return next;
end;
$$;

-- As servers of the release before call it: for callers of all tenants.
create or replace function create_resource_once(
    p_kind text,
    p_owner_id text,
    p_body text,
    p_caller text,
    p_scope text,
    p_key text,
    p_ttl interval
) returns table (body text, href text, version int)
language sql rows 1 as $$
    select created.body, created.href, created.version
    from create_resource_once(p_kind, p_owner_id, p_body, p_caller, p_scope, p_key, p_ttl, '{}', '') as created
$$;

-- create_resources: does many creates, each as create_resource does it, but writes all of them at last: a statement costs more than the
-- rows of one more resource.
--
-- p_creates  [{kind, owner_id, body}], each as in create_resource; without idempotency keys
-- p_caller, p_tenancy, p_tenant  as in create_resource, for all of them
-- Returns for each its place from 1 on, and what create_resource_once returns.
-- Refuses: as create_resource_once; then none is done, and the refused one is not named.
create or replace function create_resources(p_creates jsonb, p_caller text, p_tenancy jsonb, p_tenant text)
returns table (place int, id uuid, body text, href text, version int, has_rules boolean)
language plpgsql as $$
declare
    v_given record;
    -- The parent of the creates that are done, and by which kind and id it was found.
    v_owner resources;
    v_kind text;
    v_owner_id text;
    v_resource resources;
    v_new resources[] := '{}';
begin
    for v_given in
        select
            given.place,
            given.value ->> 'kind' as kind,
            given.value ->> 'owner_id' as owner_id,
            given.value -> 'body' as body,
            coalesce(nullif(given.value -> 'body' -> 'references', 'null'), '{}') as refs,
            own_kind,
            owner_kind
        from jsonb_array_elements(p_creates) with ordinality as given (value, place)
        left join kinds as own_kind on own_kind.kind = given.value ->> 'kind'
        left join kinds as owner_kind on owner_kind.kind = own_kind.parent_kind
        order by given.place
    loop
        if (v_given.own_kind).kind is null or v_given.refs <> '{}' or (v_given.own_kind).reference_types <> '[]' then
            v_resource := create_resource(v_given.kind, v_given.owner_id, v_given.body, p_caller, p_tenancy, p_tenant);
        else
            if v_given.kind is distinct from v_kind or v_given.owner_id is distinct from v_owner_id then
                v_kind := v_given.kind;
                v_owner_id := v_given.owner_id;
                v_owner := lock_for_create(v_given.own_kind, v_owner_id, '{}', p_tenancy);
            end if;
            v_resource := new_resource(v_given.own_kind, v_owner, v_given.body, p_caller, p_tenancy, p_tenant);
            v_new[cardinality(v_new) + 1] := v_resource;
        end if;
        place := v_given.place;
        id := v_resource.id;
        version := v_resource.version;
        body := resource_body(v_resource, v_given.own_kind, v_given.owner_kind, null);
        href := resource_href(v_given.own_kind, v_resource.id);
        has_rules := (v_given.own_kind).condition_rules <> '[]';
        return next;
    end loop;
    if insert_resources(v_new) < cardinality(v_new) then
        perform raise_problem('HF409', 'A name is taken');
    end if;
    -- Looked up after the insert, which waits while a kind is forgotten (forget_unused_kinds).
    if exists (
        select
        from jsonb_array_elements(p_creates) as given
        where not exists (select from kinds where kinds.kind = given ->> 'kind')
    ) then
        perform raise_problem('HF503', 'A kind is not in the database');
    end if;
end;
$$;

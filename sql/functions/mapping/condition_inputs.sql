-- condition_inputs: the facts that the rules of a kind look at when they map conditions (kinds.condition_rules).
--
-- p_id           the resource
-- p_descendants  whether those below it are wanted, too
-- Returns a JSON array with an object for each of these resources whose kind has rules: id, version, rules (as text),
-- resource (its body), and statuses (its reports, by adapter; null where they are too large, as in status_inputs).
-- `volatile`: in the statement of a write, it sees what that has written. Plans are kept: PostgreSQL would plan a statement
-- over an array of ids anew at each call. Texts put together, since json_build_object takes longer (resource_body).
create or replace function condition_inputs(p_id uuid, p_descendants boolean) returns text
language plpgsql volatile set plan_cache_mode = force_generic_plan as $$
declare
    v_ids uuid[] := array[p_id];
begin
    if p_descendants then
        v_ids := v_ids || array(select tree.id from descendants(p_id) as tree);
    end if;
    return (
        select '[' || coalesce(
            string_agg(
                '{"id":"' || resource.id
                || '","version":' || resource.version
                || ',"rules":' || to_json(own_kind.condition_rules::text)::text
                || ',"resource":' || resource_body(resource, own_kind, owner_kind, null)
                || ',"statuses":' || coalesce('[' || status_inputs(resource.id) || ']', 'null')
                || '}',
                ','
            ),
            ''
        ) || ']'
        from resources as resource
        inner join kinds as own_kind on own_kind.kind = resource.kind
        left join kinds as owner_kind on owner_kind.kind = own_kind.parent_kind
        where resource.id = any (v_ids) and own_kind.condition_rules <> '[]'
    );
end;
$$;

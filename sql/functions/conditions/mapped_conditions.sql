-- mapped_conditions: those among the conditions of a resource that rules of the configuration have made; null for a kind
-- without rules.
--
-- p_conditions  the conditions as they are stored
-- p_rules       the rules of the kind (kinds.condition_rules)
-- They are kept until the rules are evaluated again (store_mapped_conditions).
create or replace function mapped_conditions(p_conditions jsonb, p_rules jsonb) returns jsonb
language plpgsql immutable parallel safe as $$
begin
    if p_rules = '[]' then
        return null;
    end if;
    return (
        select coalesce(jsonb_agg(stored.condition order by stored.position), '[]')
        from jsonb_array_elements(p_conditions) with ordinality as stored (condition, position)
        where p_rules @> jsonb_build_array(jsonb_build_object('type', stored.condition -> 'type'))
    );
end;
$$;

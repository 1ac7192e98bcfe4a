-- given_references: the references of a request, one row each, in its order.
--
-- p_references  {"<ref_type>": [{"id", "kind", …}] or null}, valid by the document; null counts as {}
create or replace function given_references(p_references jsonb)
returns table (ref_type text, index int, id text, kind text)
language sql immutable parallel safe as $$
    select given.key, entry.position::int - 1, entry.value ->> 'id', entry.value ->> 'kind'
    from jsonb_each(p_references) as given
    cross join jsonb_array_elements(coalesce(nullif(given.value, 'null'), '[]')) with ordinality as entry (value, position)
$$;

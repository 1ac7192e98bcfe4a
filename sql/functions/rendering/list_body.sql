-- list_body: one page of a list as clients see it. p_items are bodies, in order; an empty array for an empty page. Null when
-- p_items is null.
create or replace function list_body(p_kind text, p_page int, p_total bigint, p_items text[])
returns text
language plpgsql stable as $$
begin
    return '{"kind":' || to_json(p_kind)::text
        || ',"page":' || p_page
        || ',"size":' || cardinality(p_items)
        || ',"total":' || p_total
        || ',"items":[' || array_to_string(p_items, ',') || ']}';
end;
$$;

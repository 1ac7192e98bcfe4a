-- list_body: one page of a list as clients see it. p_items are bodies, in order; null for an empty page.
create or replace function list_body(p_kind text, p_page int, p_total bigint, p_items text[])
returns text
language sql stable parallel safe as $$
    select
        '{"kind":' || to_json(p_kind)::text
        || ',"page":' || p_page
        || ',"size":' || coalesce(cardinality(p_items), 0)
        || ',"total":' || p_total
        || ',"items":[' || coalesce(array_to_string(p_items, ','), '') || ']}'
$$;

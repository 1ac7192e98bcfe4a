-- list_body: one page of a list as clients see it. p_items are bodies, in order; null for an empty page.
--
-- Refuses a page that no client could hold (HF400): larger than 256 MiB.
create or replace function list_body(p_kind text, p_page int, p_total bigint, p_items text[])
returns text
language plpgsql stable as $$
begin
    if (select sum(octet_length(item)) from unnest(p_items) as item) > 268435456 then
        perform raise_problem(
            'HF400',
            'The page is larger than 256 MiB',
            '[{"field": "size", "message": "must be smaller for items as large as these", "constraint": "maxBytes"}]'
        );
    end if;
    return '{"kind":' || to_json(p_kind)::text
        || ',"page":' || p_page
        || ',"size":' || coalesce(cardinality(p_items), 0)
        || ',"total":' || p_total
        || ',"items":[' || coalesce(array_to_string(p_items, ','), '') || ']}';
end;
$$;

-- list_adapter_statuses: one page of the reports on a resource.
--
-- Params
--   $1 kind      text
--   $2 owner_id  text?  the parent's id in a nested path
--   $3 id        text
--   $4 page      int    from 1
--   $5 size      int
--   $6 max_bytes int    how many bytes its items may have
--   $7 beyond    text   the result for a page with more (bounded_items): refuse, or none
--   $8 tenancy   jsonb?  the caller's tenancy (within_tenancy)
-- The filter and the order are compiled by search/; the filter's parameters follow these.
-- Returns one row; total and items are of one snapshot. HF404 when there is no such resource, HF400 when the page is too
-- large.
--   body  text?  the list as JSON; null when the page is too large and $7 is none
select
    list_body(
        'AdapterStatusList',
        $4::int,
        (
            select count(*)
            from adapter_statuses as status
            where status.resource_id = resource.id and /* filter: */ true /* :filter */
        ),
        adapter_status_bodies(
            resource.id,
            array(
                select status.adapter
                from adapter_statuses as status
                where status.resource_id = resource.id and /* filter: */ true /* :filter */
                order by /* order: */ status.adapter /* :order */
                limit $5::int
                offset ($4::int - 1)::bigint * $5::int
            ),
            $6::int,
            $7::text
        )
    ) as body
from find_resource($1::text, $2::text, $3::text, $8::jsonb) as resource;

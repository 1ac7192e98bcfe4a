-- resource_facts: the facts from which the conditions of a resource follow: the adapters required for its kind, whether its
-- conditions are shown under their older names, the rules of the configuration that map conditions, whether a record of a child is left (marked or not), and the reports of
-- these adapters.
--
-- One select, so that it is inlined into statements about many resources.
-- The child is looked up in the order of an index, so that this is used: `exists` alone would read the whole table for
-- each resource without children, once statistics say that most resources are children of one parent.
create or replace function resource_facts(p_id uuid, p_kind text)
returns table (required text[], older_names boolean, condition_rules jsonb, has_children boolean, reports adapter_report[])
language sql stable as $$
    select
        kinds.required_adapters,
        kinds.older_names,
        kinds.condition_rules,
        (
            select child.id
            from resources as child
            where child.owner_id = p_id
            order by child.created_time desc, child.id desc
            limit 1
        ) is not null,
        array(
            select adapter_report_of(status)
            from adapter_statuses as status
            where status.resource_id = p_id and status.adapter = any (kinds.required_adapters)
        )
    from kinds
    where kinds.kind = p_kind
$$;

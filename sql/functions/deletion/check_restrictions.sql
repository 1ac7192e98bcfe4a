-- check_restrictions: HF410 when a resource cannot be deleted. Every reason is told:
-- it has descendants of a kind that says `on_parent_delete: restrict` and are not marked for deletion (their number by kind);
-- others that are not deleted with it refer to it or to a descendant (named, 20 of them at most, and only those within the
-- caller's tenancy: of others it is said that there are any).
--
-- p_resource  the resource; p_ids  the resources that would be marked with it, itself included
-- p_tenancy   the caller's tenancy (within_tenancy)
-- Requires the locks on the tree (lock_tree): none can be added to it or refer to it meanwhile (lock_targets).
create or replace function check_restrictions(p_resource resources, p_ids uuid[], p_tenancy jsonb) returns void
language plpgsql as $$
declare
    v_children text;
    v_referencers text[];
    v_has_others boolean;
    v_reasons text;
begin
    select string_agg(format('%s %s', restricted.count, restricted.kind), ', ' order by restricted.kind)
    into v_children
    from (
        select child.kind, count(*) as count
        from resources as child
        inner join kinds on kinds.kind = child.kind
        where child.id = any (p_ids) and child.id <> p_resource.id and kinds.on_parent_delete = 'restrict'
        group by child.kind
    ) as restricted;
    select
        coalesce(
            array_agg(distinct format('%s "%s"', source.kind, source.name)) filter (where source.is_visible), '{}'
        ),
        coalesce(bool_or(not source.is_visible), false)
    into v_referencers, v_has_others
    from (
        select resource.kind, resource.name, within_tenancy(resource.tenancy, p_tenancy) as is_visible
        from resource_references as reference
        inner join resources as resource on resource.id = reference.source_id
        where reference.held_id = any (p_ids) and reference.source_id <> all (p_ids)
    ) as source;
    v_reasons := concat_ws(
        '; ',
        'resources below it must be deleted first: ' || v_children,
        case
            when cardinality(v_referencers) > 0 then format(
                'references to it%s must be removed first: %s%s',
                case when cardinality(p_ids) > 1 then ' or to resources below it' end,
                array_to_string(v_referencers[:20], ', '),
                case when cardinality(v_referencers) > 20 then format(' and %s more', cardinality(v_referencers) - 20) end
            )
        end,
        case when v_has_others then 'resources beyond the tenancy of the caller refer to it' end
    );
    if v_reasons <> '' then
        perform raise_problem(
            'HF410', format('%s with id=''%s'' cannot be deleted: %s', p_resource.kind, p_resource.id, v_reasons)
        );
    end if;
end;
$$;

-- check_referencers: HF410 when a resource cannot be deleted, because others that are not deleted with it refer to it or to what is below
-- it. They are named, 20 of them at most.
--
-- p_resource  the resource; p_ids  what would be marked with it, the resource included
-- Requires the locks on the tree (lock_tree): none can refer to it meanwhile (lock_targets).
create or replace function check_referencers(p_resource resources, p_ids uuid[]) returns void
language plpgsql as $$
declare
    v_names text[];
begin
    v_names := array(
        select distinct format('%s "%s"', source.kind, source.name)
        from resource_references as reference
        inner join resources as source on source.id = reference.source_id
        where reference.held_id = any (p_ids) and reference.source_id <> all (p_ids)
        order by 1
    );
    if cardinality(v_names) > 0 then
        perform raise_problem(
            'HF410',
            format(
                '%s with id=''%s'' cannot be deleted while others refer to it%s: %s%s; remove these references first',
                p_resource.kind,
                p_resource.id,
                case when cardinality(p_ids) > 1 then ' or to what is below it' end,
                array_to_string(v_names[:20], ', '),
                case when cardinality(v_names) > 20 then format(' and %s more', cardinality(v_names) - 20) end
            )
        );
    end if;
end;
$$;

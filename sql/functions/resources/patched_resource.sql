-- patched_resource: a resource with the spec, labels and references that follow from a patch; nothing is written, and
-- no derived column is computed.
--
-- p_resource    the resource as it is
-- p_id          its id as the path names it
-- p_patch       the patch, without the members that count as absent
-- p_is_merge, p_if_match, p_max_bytes, p_tenancy  as in patch_resource
-- Refuses, in this order: HF412 the tag differs, HF410 marked for deletion, HF411 the generation differs,
-- HF413 the spec would grow too large, HF400 the references break rules (check_references).
-- Requires the locks on the resource and on the targets of its new references.
create or replace function patched_resource(
    p_resource resources,
    p_id text,
    p_patch jsonb,
    p_is_merge boolean,
    p_if_match text,
    p_max_bytes int,
    p_tenancy jsonb
) returns resources
language plpgsql as $$
declare
    v_resource resources := p_resource;
    v_references jsonb := p_patch -> 'references';
begin
    perform check_tag(p_resource, p_if_match);
    if p_resource.deleted_time is not null then
        perform raise_problem(
            'HF410', format('%s with id=''%s'' is marked for deletion', p_resource.kind, p_id)
        );
    end if;
    if (p_patch ->> 'generation')::numeric <> p_resource.generation then
        perform raise_problem(
            'HF411',
            format('%s with id=''%s'' is at generation %s, not %s',
                p_resource.kind, p_id, p_resource.generation, p_patch ->> 'generation')
        );
    end if;

    if p_is_merge then
        v_resource.spec := merge_patch(p_resource.spec, coalesce(p_patch -> 'spec', '{}'::jsonb));
        if octet_length(v_resource.spec::text)
            > greatest(p_max_bytes, octet_length(p_resource.spec::text)) then
            perform raise_problem('HF413', format('The spec would be larger than %s bytes', p_max_bytes));
        end if;
        v_resource.labels := case
            when jsonb_typeof(p_patch -> 'labels') = 'null' then '{}'::jsonb
            else merge_patch(p_resource.labels, coalesce(p_patch -> 'labels', '{}'::jsonb))
        end;
    else
        v_resource.spec := coalesce(p_patch -> 'spec', p_resource.spec);
        v_resource.labels := coalesce(p_patch -> 'labels', p_resource.labels);
    end if;
    if v_references is not null then
        if p_is_merge then
            v_references := case
                when v_references = 'null' then '{}'
                else merge_patch(coalesce(p_resource.refs, '{}'), v_references)
            end;
        end if;
        -- A merge patch is judged by the types that it names.
        perform check_references(
            kinds, p_resource.id, v_references,
            case
                when p_is_merge and jsonb_typeof(p_patch -> 'references') = 'object'
                    then array(select jsonb_object_keys(p_patch -> 'references'))
            end,
            p_tenancy
        )
        from kinds
        where kinds.kind = p_resource.kind;
        v_resource.refs := normalized_refs(v_references);
    end if;
    return v_resource;
end;
$$;

-- As servers of the release before call it: for callers of all tenants.
create or replace function patched_resource(
    p_resource resources,
    p_id text,
    p_patch jsonb,
    p_is_merge boolean,
    p_if_match text,
    p_max_bytes int
) returns resources
language sql as $$
    select patched_resource(p_resource, p_id, p_patch, p_is_merge, p_if_match, p_max_bytes, '{}')
$$;

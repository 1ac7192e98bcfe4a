-- patch_resource: changes the spec, the labels, the references, or some of them.
--
-- p_kind, p_id  the resource; p_owner_id  its parent in a nested path, null in a flat one
-- p_patch       the request body: spec, labels, references, and generation as a precondition
-- p_is_merge    it is a JSON merge patch (RFC 7396); else spec, labels and references replace the stored ones whole,
--               and null counts as absent
-- p_caller      written down as updated_by
-- p_if_match    the header If-Match, null when there is none
-- p_max_bytes   how large merging may make a spec
-- p_tenancy     the caller's tenancy (within_tenancy)
-- Returns the resource as it is afterwards. Nothing is written when nothing changes by value. A change of the spec or of the
-- references begins a new generation; one of the labels does where the kind says `generation_on: any`.
-- Refuses, in this order: HF405 nothing to change, HF404, HF412 the tag differs, HF410 marked for
-- deletion, HF411 the generation differs, HF413 the spec would grow too large, HF400 the references break rules.
create or replace function patch_resource(
    p_kind text,
    p_owner_id text,
    p_id text,
    p_patch jsonb,
    p_is_merge boolean,
    p_caller text,
    p_if_match text,
    p_max_bytes int,
    p_tenancy jsonb
) returns resources
language plpgsql as $$
declare
    v_patch jsonb := case when p_is_merge then p_patch else jsonb_strip_top_nulls(p_patch) end;
    v_resource resources;
    v_before resources;
    v_conditions jsonb;
    v_changed text[] := '{}';
begin
    if not v_patch ?| array['spec', 'labels', 'references'] then
        perform raise_problem('HF405', 'The patch changes nothing: it has neither spec nor labels nor references');
    end if;

    if v_patch ? 'references' then
        v_before := find_resource(p_kind, p_owner_id, p_id, p_tenancy);
        perform lock_targets(nullif(v_patch -> 'references', 'null'), v_before.id, null, p_tenancy);
    end if;
    v_before := lock_resource(p_kind, p_owner_id, p_id, p_tenancy);
    v_resource := patched_resource(v_before, p_id, v_patch, p_is_merge, p_if_match, p_max_bytes, p_tenancy);
    if v_resource.spec = v_before.spec
        and v_resource.labels = v_before.labels
        and v_resource.refs is not distinct from v_before.refs
    then
        return v_before;
    end if;

    v_resource.updated_time := change_time(v_before.updated_time);
    v_resource.updated_by := p_caller;
    if begins_generation(v_before, v_resource) then
        perform archive_generation(v_before);
        v_resource.generation := v_before.generation + 1;
        v_resource.generation_time := v_resource.updated_time;
        v_conditions := current_conditions(
            v_resource.id,
            v_resource.kind,
            v_resource.generation,
            v_resource.generation_time,
            false,
            v_before.conditions::jsonb
        );
        v_changed := changed_conditions(v_before.conditions::jsonb, v_conditions);
    end if;
    if v_resource.spec <> v_before.spec then
        v_changed := array['spec'] || v_changed;
    end if;
    if v_resource.labels <> v_before.labels then
        v_changed := array['labels'] || v_changed;
        v_resource.label_pairs := label_pairs(v_resource.labels);
    end if;
    if v_resource.refs is distinct from v_before.refs then
        v_changed := array['references'] || v_changed;
        perform store_references(v_resource.id, v_resource.refs);
    end if;
    return save_resource(v_resource, v_conditions, 'changed', v_changed, null);
end;
$$;

-- As servers of the release before call it: for callers of all tenants.
create or replace function patch_resource(
    p_kind text,
    p_owner_id text,
    p_id text,
    p_patch jsonb,
    p_is_merge boolean,
    p_caller text,
    p_if_match text,
    p_max_bytes int
) returns resources
language sql as $$
    select patch_resource(p_kind, p_owner_id, p_id, p_patch, p_is_merge, p_caller, p_if_match, p_max_bytes, '{}')
$$;

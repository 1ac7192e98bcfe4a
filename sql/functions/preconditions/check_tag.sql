-- check_tag: HF412 when a resource is no longer the one that the caller has seen.
--
-- p_if_match is the header If-Match; null when there is none, and nothing is checked.
create or replace function check_tag(p_resource resources, p_if_match text) returns void
language plpgsql as $$
begin
    if p_if_match is not null and not has_tag(p_if_match, p_resource.version) then
        perform raise_problem(
            'HF412',
            format('%s with id=''%s'' has changed: its entity tag is now "%s"',
                p_resource.kind, p_resource.id, p_resource.version)
        );
    end if;
end;
$$;

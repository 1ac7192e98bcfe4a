-- even_reads: reads as many rows after a look-up that has found nothing, whether there is a resource of another tenant or none:
-- the time of an answer must not reveal a resource that is not visible to the caller.
--
-- p_id       the id that was looked up, once
-- p_tenancy  the caller's tenancy; for callers of all tenants nothing is done, since all resources are visible to them
-- Returns true. The look-up has read the row of another tenant, and no row where there is none. Here that row is read again, and two others where
-- there is none.
create or replace function even_reads(p_id text, p_tenancy jsonb) returns boolean
language plpgsql stable as $$
begin
    if p_tenancy = '{}' then
        return true;
    end if;
    perform resource.name from resources as resource where resource.id = as_uuid(p_id);
    if not found then
        perform resource.name from resources as resource order by resource.id limit 2;
    end if;
    return true;
end;
$$;

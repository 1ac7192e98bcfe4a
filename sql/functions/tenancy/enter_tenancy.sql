-- enter_tenancy: sets the tenancy that row-level security applies, until the transaction ends (current_tenancy). It is a setting of the
-- transaction: it takes no statement of its own, and does not last to the next transaction of a session or a pooler.
--
-- p_tenancy  the caller's tenancy (within_tenancy). Returned as it is, so that the call can stand where the value is needed.
create or replace function enter_tenancy(p_tenancy jsonb) returns jsonb
language plpgsql volatile as $$
begin
    perform set_config('hyperfleet.tenancy', coalesce(p_tenancy::text, ''), true);
    return p_tenancy;
end;
$$;

-- enter_tenancy: tells row-level security for which tenancy the statement is, until the transaction ends (current_tenancy). A setting
-- of the transaction: it takes no statement of its own, and nothing of it is left for the next one behind a pooler.
--
-- p_tenancy  the caller's tenancy (within_tenancy). Returned as it is, so that the call can stand where the value is needed.
create or replace function enter_tenancy(p_tenancy jsonb) returns jsonb
language plpgsql volatile as $$
begin
    perform set_config('hyperfleet.tenancy', coalesce(p_tenancy::text, ''), true);
    return p_tenancy;
end;
$$;

-- current_tenancy: the tenancy that enter_tenancy has set in this transaction; null without one, so that no row is visible.
-- One expression, so that it is inlined.
create or replace function current_tenancy() returns jsonb
language sql stable parallel safe as $$
    select nullif(current_setting('hyperfleet.tenancy', true), '')::jsonb
$$;

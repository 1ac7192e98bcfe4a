-- condition_name: the condition that shows one required adapter: my-adapter -> MyAdapterSuccessful.
-- Names of adapters have no capitals, which initcap would lower.
create or replace function condition_name(p_adapter text) returns text
language sql immutable parallel safe as $$
    select replace(initcap(p_adapter collate "C"), '-', '') || 'Successful'
$$;

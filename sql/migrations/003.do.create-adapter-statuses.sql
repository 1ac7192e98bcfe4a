-- The last report of each adapter on each resource. What the rules read stands in columns of its own;
-- conditions, data and metadata are only ever given back.
create table adapter_statuses (
    resource_id uuid not null,
    adapter text collate "C" not null,
    observed_generation int not null,
    created_time timestamptz not null,
    last_report_time timestamptz not null,
    -- The status of the Available condition; null when it is Unknown or absent.
    available boolean,
    available_reason text,
    available_message text,
    finalized boolean not null,
    conditions jsonb not null,
    data jsonb not null,
    metadata jsonb,
    constraint adapter_statuses_pk primary key (resource_id, adapter),
    constraint adapter_statuses_resource_id_fkey foreign key (resource_id)
        references resources (id) on delete cascade,
    constraint adapter_statuses_observed_generation_check check (observed_generation >= 1)
) with (fillfactor = 85);

-- A report as the rules see it (docs/architecture.md, "Aggregation").
create type adapter_report as (
    adapter text,
    observed_generation int,
    observed_time timestamptz,
    available boolean,
    reason text,
    message text,
    finalized boolean
);

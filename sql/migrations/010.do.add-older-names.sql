alter table kinds
    -- Whether conditions are shown under their older names, Ready and Available, as well (set_kind).
    add column older_names boolean not null default true;

-- What a required adapter says of a resource (judged_reports).
create type judged_report as (
    adapter text,
    -- Conditions are made of it.
    usable boolean,
    -- It confirms the resource's generation.
    met boolean,
    generation int,
    time text collate "C",
    available boolean,
    reason text,
    message text,
    -- Why it is not met.
    why text
);

-- A condition, with the members that clients see, in the order of jsonb, which then need not sort them.
create type resource_condition as (
    type text,
    reason text,
    status text,
    message text,
    created_time text,
    last_updated_time text,
    observed_generation int,
    last_transition_time text
);

-- What these took or returned has changed with the types.
drop function if exists set_kind(text, text, text, text, text, text[], jsonb, text);
drop function if exists resource_facts(uuid, text);
drop function if exists aggregate_conditions(text, int, timestamptz, boolean, boolean, text[], jsonb, adapter_report[]);
drop function if exists reconciled_condition(
    text, int, text, boolean, boolean, text[], adapter_report[], jsonb
);
drop function if exists last_known_condition(text, text, text[], adapter_report[], jsonb);
drop function if exists adapter_conditions(text, text[], adapter_report[], jsonb);
drop function if exists older_condition(text, jsonb, boolean, text, text);
drop function if exists condition(text, boolean, int, text, text, text, text, text);
drop function if exists usable_reports(int, boolean, text[], adapter_report[]);
drop function if exists unconfirmed_adapters(int, boolean, text[], adapter_report[]);

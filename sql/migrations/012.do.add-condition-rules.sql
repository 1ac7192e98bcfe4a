alter table kinds
    -- The conditions that the configuration adds to those of adapters (docs/conditions.md), sorted by type: [{"type", "when",
    -- "status", "reason", "message"}], all expressions but the type.
    add column if not exists condition_rules jsonb not null default '[]';

-- What these took or returned has changed.
drop function if exists set_kind(text, text, text, text, text, text[], jsonb, text, boolean);
drop function if exists resource_facts(uuid, text);
drop function if exists aggregate_conditions(
    text, int, timestamptz, boolean, boolean, text[], jsonb, adapter_report[], boolean
);

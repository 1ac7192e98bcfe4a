-- report_status: takes one adapter's report (sql/functions/reports/report_status.sql).
--
-- Params
--   $1 kind            text
--   $2 owner_id        text?     the parent's id in a nested path
--   $3 id              text
--   $4 report          jsonb     the request body
--   $5 max_clock_skew  interval  how far ahead of the server observed_time may lie
--   $6 max_age         interval? how old it may be
--   $7 maps            boolean   whether conditions are mapped afterwards
--   $8 tenancy         jsonb?    the caller's tenancy (within_tenancy)
-- Returns one row; HF400 and HF404 as the function says.
--   discarded  text?  the rule that discarded the report
--   body       text?  the stored report as JSON, when it was not discarded
--   inputs     text?  with `maps`, when it was not discarded: what the rules of the kind look at (condition_inputs)
--   has_rules  boolean  whether the kind has rules
select
    report.discarded,
    case when report.discarded is null then adapter_status_body(report.status) end as body,
    case when $7::boolean and report.discarded is null then condition_inputs(as_uuid($3::text), false) end as inputs,
    (select kinds.condition_rules <> '[]' from kinds where kinds.kind = $1::text) as has_rules
from report_status($1::text, $2::text, $3::text, $4::jsonb, $5::interval, $6::interval, $8::jsonb) as report;

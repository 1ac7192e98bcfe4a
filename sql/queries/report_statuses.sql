-- report_statuses: takes many reports of a batch (sql/functions/reports/report_statuses.sql).
--
-- Params
--   $1 reports         jsonb     [{kind, owner_id, id, report}], each as in report_status
--   $2 max_clock_skew  interval  how far ahead of the server observed_time may lie
--   $3 max_age         interval? how old a report may be
--   $4 tenancy         jsonb?    the caller's tenancy (within_tenancy)
-- Returns the row of report_status for each, in their order; HF400 and HF404 as the function says.
--   discarded  text?  the rule that discarded the report
--   body       text?  the stored report as JSON, when it was not discarded
--   has_rules  boolean  whether the kind has rules
select
    report.discarded,
    case when report.discarded is null then adapter_status_body(report.status) end as body,
    report.has_rules
from report_statuses($1::jsonb, $2::interval, $3::interval, $4::jsonb) as report
order by report.place;

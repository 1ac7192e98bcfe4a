-- missing_reports_message: the message of LastKnownReconciled while required adapters have no usable report.
--
-- p_silent                    their names, sorted, with commas
-- p_available, p_unavailable  the reports of the others, likewise; null for none
create or replace function missing_reports_message(p_silent text, p_available text, p_unavailable text) returns text
language sql stable parallel safe as $$
    select format(
        'Required adapters without a usable report: [%s]. Available=True: [%s]; Available=False: [%s]',
        p_silent, p_available, p_unavailable
    )
$$;

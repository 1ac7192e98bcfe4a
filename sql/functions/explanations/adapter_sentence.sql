-- adapter_sentence: why a required adapter does not confirm a resource, and the next step, for an operator.
--
-- p_resource  the resource
-- p_judged    the report of the adapter, judged and not met (judged_reports)
create or replace function adapter_sentence(p_resource resources, p_judged judged_report) returns text
language sql stable parallel safe as $$
    select case report_state(p_judged.why)
        when 'silent' then format(
            'Adapter %s has not reported on this %s, which was created at %s and is at generation %s: check that the adapter is deployed, '
                || 'handles %s and reports under exactly this name',
            p_judged.adapter, p_resource.kind, format_time(p_resource.created_time), p_resource.generation, p_resource.kind
        )
        when 'stale' then format(
            'Adapter %s last reported at %s on generation %s; generation %s began at %s: wait for its next report, '
                || 'and if none comes, check that the adapter runs and read its log',
            p_judged.adapter, p_judged.time, p_judged.generation, p_resource.generation,
            format_time(p_resource.generation_time)
        )
        when 'future' then format(
            'Adapter %s reported at %s on generation %s, and this %s is at generation %s only: its report does not count; check '
                || 'that the adapter reads from this server, and whether the database was restored from a backup',
            p_judged.adapter, p_judged.time, p_judged.generation, p_resource.kind, p_resource.generation
        )
        when 'unknown' then format(
            'Adapter %s reported Available=Unknown on generation %s at %s%s: its work is not decided; wait for a report that says '
                || 'True or False, and if none comes, read the log of the adapter',
            p_judged.adapter, p_judged.generation, p_judged.time, reported_because(p_judged)
        )
        when 'not_finalized' then format(
            'Adapter %s last reported at %s on generation %s, without Finalized=True: it has not finished its cleanup; wait, and if it '
                || 'does not end, read the log of the adapter, or remove the resource by force (POST …/force-delete)',
            p_judged.adapter, p_judged.time, p_judged.generation
        )
        else format(
            'Adapter %s reported Available=False on generation %s at %s%s: remove the cause that it names; the condition follows with '
                || 'its next report',
            p_judged.adapter, p_judged.generation, p_judged.time, reported_because(p_judged)
        )
    end || '.'
$$;

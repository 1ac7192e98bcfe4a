-- adapter_sentence: why a required adapter does not confirm a resource, and the next step, for an operator.
--
-- p_resource  the resource
-- p_judged    the report of the adapter, judged and not met (judged_reports)
create or replace function adapter_sentence(p_resource resources, p_judged judged_report) returns text
language plpgsql stable parallel safe as $$
declare
    v_state text := report_state(p_judged.why);
    v_said text := quoted_reason(p_judged.reason, p_judged.message);
    v_final jsonb;
    v_sentence text;
begin
    if v_state = 'silent' then
        v_sentence := format(
            'Adapter %s has not reported on this %s, which was created at %s and is at generation %s: if it has not reported some minutes after '
                || 'that, check that the adapter is deployed, handles %s and reports under exactly this name',
            p_judged.adapter, p_resource.kind, format_time(p_resource.created_time), p_resource.generation, p_resource.kind
        );
    elsif v_state = 'stale' then
        v_sentence := format(
            'Adapter %s last reported at %s on generation %s (Available=%s there); generation %s began at %s: wait for its next report, and if none comes, '
                || 'check that the adapter runs and read its log',
            p_judged.adapter,
            p_judged.time,
            p_judged.generation,
            case when p_judged.available then 'True' else 'False or Unknown' end,
            p_resource.generation,
            format_time(p_resource.generation_time)
        );
    elsif v_state = 'future' then
        v_sentence := format(
            'Adapter %s reported at %s on generation %s, and this %s is at generation %s only: its report does not count; check that '
                || 'the adapter reads from this server, and whether the database was restored from a backup',
            p_judged.adapter, p_judged.time, p_judged.generation, p_resource.kind, p_resource.generation
        );
    elsif v_state = 'unknown' then
        v_sentence := format(
            'Adapter %s reported Available=Unknown on generation %s at %s%s: it does not know the outcome yet; wait for a report that says '
                || 'True or False, and if it stays Unknown, read the log of the adapter',
            p_judged.adapter, p_judged.generation, p_judged.time, v_said
        );
    elsif v_state = 'not_finalized' then
        select reported.condition
        into v_final
        from adapter_statuses as status
        cross join jsonb_array_elements(status.conditions) as reported (condition)
        where status.resource_id = p_resource.id
            and status.adapter = p_judged.adapter
            and reported.condition ->> 'type' = 'Finalized';
        v_sentence := format(
            'Adapter %s reported at %s on generation %s, with %s%s: it has not finished its cleanup; %s',
            p_judged.adapter,
            p_judged.time,
            p_judged.generation,
            coalesce('Finalized=' || (v_final ->> 'status'), 'no word on Finalized'),
            quoted_reason(v_final ->> 'reason', v_final ->> 'message'),
            case
                when quoted_reason(v_final ->> 'reason', v_final ->> 'message') = ''
                    then 'wait, and if it does not end, read the log of the adapter'
                else 'if it does not end by itself, remove the cause that it names'
            end
        );
    else
        v_sentence := format(
            'Adapter %s reported Available=False on generation %s at %s%s: %s; its next report updates the condition',
            p_judged.adapter,
            p_judged.generation,
            p_judged.time,
            v_said,
            case
                when v_said = '' then 'it names no cause: find it in the log of the adapter' else 'remove the cause that it names'
            end
        );
    end if;
    if p_resource.deleted_time is not null then
        v_sentence := v_sentence
            || '; as the last resort, POST …/force-delete removes the record here, and nothing that the adapter has made';
    end if;
    return v_sentence || '.';
end;
$$;

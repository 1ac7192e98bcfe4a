-- reported_conditions: the conditions of a report as they are stored, with the members that the document names.
--
-- p_report  the request body, valid by the document; a type occurs once in it
-- p_stored  this adapter's stored report, null when there is none: a condition keeps its transition time while its
--           status is unchanged
-- p_time    the time of the report: the transition time of all others
-- Returns the conditions, in the order of the report.
create or replace function reported_conditions(p_report jsonb, p_stored adapter_statuses, p_time timestamptz)
returns jsonb
language plpgsql stable as $$
declare
    v_time jsonb := to_jsonb(format_time(p_time));
    v_stored jsonb := coalesce(p_stored.conditions, '[]');
    v_reported jsonb;
    v_before jsonb;
    v_conditions jsonb[] := '{}';
begin
    for v_at in 0 .. jsonb_array_length(p_report -> 'conditions') - 1 loop
        v_reported := p_report -> 'conditions' -> v_at;
        v_before := condition_of(v_stored, v_reported ->> 'type');
        v_conditions := v_conditions || jsonb_build_object(
            'type', v_reported -> 'type',
            'status', v_reported -> 'status',
            'reason', v_reported -> 'reason',
            'message', v_reported -> 'message',
            'last_transition_time',
            case
                when v_before -> 'status' = v_reported -> 'status' then v_before -> 'last_transition_time'
                else v_time
            end
        );
    end loop;
    return jsonb_strip_nulls(to_jsonb(v_conditions));
end;
$$;

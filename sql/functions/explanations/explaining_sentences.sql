-- explaining_sentences: the state of a resource and the next steps, for an operator: one sentence on the whole, one for each
-- required adapter that does not confirm the generation, one for resources below it that hold its removal, and one for
-- reports that do not count.
--
-- p_resource    the resource
-- p_required    the required adapters of its kind; null: no adapter reconciles the kind
-- p_judged      their reports (judged_reports)
-- p_children    the resources below it (related_counts)
-- p_below       the first of them by kind and name; null for none
-- p_uncounted   the adapters that have reported and are not required, sorted, with commas; null for none
create or replace function explaining_sentences(
    p_resource resources,
    p_required text[],
    p_judged judged_report[],
    p_children jsonb,
    p_below text,
    p_uncounted text
) returns text[]
language plpgsql stable parallel safe as $$
declare
    v_reconciled jsonb := condition_of(p_resource.conditions::jsonb, 'Reconciled');
    v_name text := format('%s "%s"', p_resource.kind, p_resource.name);
    v_holding judged_report[] := array(select holding from holding_reports('Reconciled', 'False', p_judged) as holding);
    v_holding_count int := cardinality(v_holding);
    v_left int := (p_children ->> 'total')::int;
    v_sentences text[];
begin
    if p_resource.deleted_time is not null then
        v_sentences := array[format(
            '%s was marked for deletion at %s on behalf of %s; that began generation %s. It is removed when every required adapter reports '
                || 'Finalized=True on that generation and no resource is left below it: %s, and %s below it.',
            v_name,
            format_time(p_resource.deleted_time),
            p_resource.deleted_by,
            p_resource.generation,
            case
                when v_holding_count = 0 then 'all have'
                else format('%s of %s adapters %s not', v_holding_count, cardinality(p_judged), case when v_holding_count = 1 then 'has' else 'have' end)
            end,
            case v_left when 0 then 'nothing is' when 1 then '1 resource is' else v_left || ' resources are' end
        )];
    elsif p_required is null then
        v_sentences := array[format(
            '%s has no conditions: the configuration has no required_adapters for %s, so no adapter reconciles it.', v_name, p_resource.kind
        )];
    elsif cardinality(p_required) = 0 then
        v_sentences := array[format(
            '%s stays unreconciled, since no adapter is required for %s and so none can confirm generation %s: set required_adapters of the entity %s and run migrate.',
            v_name, p_resource.kind, p_resource.generation, p_resource.kind
        )];
    elsif v_holding_count > 0 then
        v_sentences := array[format(
            '%s is not reconciled (last transition at %s): %s of %s required adapters %s not report Available=True on generation %s.',
            v_name,
            v_reconciled ->> 'last_transition_time',
            v_holding_count,
            cardinality(p_judged),
            case when v_holding_count = 1 then 'does' else 'do' end,
            p_resource.generation
        )];
    else
        v_sentences := array[format(
            '%s is reconciled (last transition at %s): every required adapter (%s) reports Available=True on generation %s. Its adapters have nothing left to do.',
            v_name,
            v_reconciled ->> 'last_transition_time',
            array_to_string(array(select judged.adapter from unnest(p_judged) as judged), ', '),
            p_resource.generation
        )];
    end if;
    v_sentences := v_sentences || array(select adapter_sentence(p_resource, holding) from unnest(v_holding) as holding);
    if p_resource.deleted_time is not null and v_left > 0 then
        v_sentences := v_sentences || format(
            'It waits for the resources below it, which are marked for deletion, too (%s): ask for the explanation of each (GET …/explain).', p_below
        );
    elsif (p_children ->> 'not_reconciled')::int > 0 then
        v_sentences := v_sentences || format(
            '%s of %s resources directly below it are not reconciled, which does not hold it: ask for the explanation of each.',
            p_children ->> 'not_reconciled', v_left
        );
    end if;
    if p_uncounted is not null then
        v_sentences := v_sentences || format(
            'Reports of adapters that are not required for %s do not count: %s. Where one of them is a required adapter under another '
                || 'name, correct the name.',
            p_resource.kind, p_uncounted
        );
    end if;
    return v_sentences;
end;
$$;

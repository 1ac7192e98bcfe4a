-- older_condition: a condition under its older name: Reconciled as Ready, LastKnownReconciled as Available.
--
-- p_newer   the condition under its newer name
-- p_kind    the kind, as the messages name it
-- p_silent  no required adapter has a usable report: then generation 0 has been observed
-- Returns the condition.
create or replace function older_condition(p_newer resource_condition, p_kind text, p_silent boolean)
returns resource_condition
language sql immutable parallel safe as $$
    select row(
        case p_newer.type when 'Reconciled' then 'Ready' else 'Available' end,
        case
            when p_newer.reason = 'NoRequiredAdapters' then p_newer.reason
            when p_silent then 'AwaitingAdapters'
            when p_newer.status = 'False' then p_newer.reason
            when p_newer.type = 'Reconciled' then 'ResourceReady'
            else 'ResourceAvailable'
        end,
        p_newer.status,
        case
            when p_newer.reason = 'NoRequiredAdapters' then p_newer.message
            when p_silent then 'Waiting for adapters to report status'
            when p_newer.status = 'False' then p_newer.message
            when p_newer.type = 'Reconciled' then 'All adapters report ready at current generation'
            else p_kind || ' is accessible'
        end,
        p_newer.created_time,
        p_newer.last_updated_time,
        case when p_silent then 0 else p_newer.observed_generation end,
        p_newer.last_transition_time
    )::resource_condition
$$;

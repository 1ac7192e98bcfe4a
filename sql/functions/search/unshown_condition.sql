-- unshown_condition: Ready or Available of conditions that are not shown under their older names; null for any other
-- type. Where the message would name the kind, it is null.
create or replace function unshown_condition(p_conditions jsonb, p_type text) returns jsonb
language plpgsql stable parallel safe as $$
declare
    v_newer jsonb := condition_of(
        p_conditions, case p_type when 'Ready' then 'Reconciled' when 'Available' then 'LastKnownReconciled' end
    );
    v_silent boolean;
begin
    if v_newer is null then
        return null;
    end if;
    v_silent := not p_conditions @? '$[*].type ? (@ like_regex "Successful$")';
    return to_jsonb(older_condition(jsonb_populate_record(null::resource_condition, v_newer), null, v_silent));
end;
$$;

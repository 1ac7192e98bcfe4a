-- unreconciled_since: the last_updated_time of Reconciled where that is False, else null: the form in which
-- searches compare it.
create or replace function unreconciled_since(p_conditions jsonb) returns timestamptz
language sql stable parallel safe as $$
    select (
        jsonb_path_query_first(
            p_conditions, '$[*] ? (@.type == "Reconciled" && @.status == "False").last_updated_time'
        ) #>> '{}'
    )::timestamptz
$$;

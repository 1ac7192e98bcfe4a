-- raise_problem: ends the statement with a refusal that the client is told about.
--
-- p_state   one of the SQLSTATEs in server/http/error-handler.ts (HF400, HF404, HF409, …)
-- p_detail  the sentence for the client; empty where the violations say it all
-- p_errors  the violations, [{field, message, …}], where there are any
create or replace function raise_problem(p_state text, p_detail text, p_errors jsonb default null)
returns void
language plpgsql as $$
begin
    raise exception using
        errcode = p_state,
        message = p_detail,
        detail = coalesce(p_errors::text, '');
end;
$$;

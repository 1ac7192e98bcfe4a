-- Summaries group by a label or a member of the spec (summarize_resources), of which PostgreSQL has no statistics: it would take
-- the number of groups for that of whole labels or specs, which may all differ, and sort every row instead of counting in each worker.
alter table resources
    alter column labels set (n_distinct = 1000),
    alter column spec set (n_distinct = 1000);

-- It counts from the next analysis on. An empty table stays one that nothing is known of.
do $$
begin
    if exists (select from resources) then
        analyze resources (labels, spec);
    end if;
end;
$$;

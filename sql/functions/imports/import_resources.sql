-- import_resources: brings resources of the Go implementation into the database, with their reports (import_trees).
--
-- p_rows        whole trees, each with its root first, as in imported_rows; a parent that is not among them must be in the database
-- p_dimensions  as in imported_rows
-- Where the database refuses a value, such as a label that no index can hold, the rows are tried again in parts (import_parts), so that
-- the others are imported. Imports that run at the same time take turns.
-- Returns one row: how many resources were imported, updated, and unchanged; how many reports were stored; and left_out, a JSON
-- array of {kind, id, adapter?, reason}: the resources and reports that the rules do not allow.
create or replace function import_resources(p_rows text[], p_dimensions jsonb)
returns table (imported int, updated int, unchanged int, stored_reports int, left_out jsonb)
language plpgsql as $$
#variable_conflict use_variable
declare
    v_parts jsonb;
    v_reason text;
begin
    perform pg_advisory_xact_lock(hashtext('hyperfleet-api import'));
    begin
        return query select done.* from import_trees(p_rows, p_dimensions) as done;
        return;
    exception
        when data_exception or integrity_constraint_violation or program_limit_exceeded then
            v_reason := format('the database refuses it: %s', sqlerrm);
    end;
    v_parts := (select jsonb_agg(part.rows) from import_parts(p_rows) as part (rows));
    if jsonb_array_length(v_parts) = 1 then
        return query
        select
            0, 0, 0, 0,
            jsonb_agg(jsonb_build_object(
                'kind', row.text::jsonb -> 'kind', 'id', row.text::jsonb -> 'id', 'reason', v_reason
            ))
        from unnest(p_rows) as row (text);
        return;
    end if;
    imported := 0;
    updated := 0;
    unchanged := 0;
    stored_reports := 0;
    left_out := '[]';
    for v_at in 0 .. jsonb_array_length(v_parts) - 1 loop
        select
            imported + done.imported,
            updated + done.updated,
            unchanged + done.unchanged,
            stored_reports + done.stored_reports,
            left_out || done.left_out
        into imported, updated, unchanged, stored_reports, left_out
        from import_resources(array(select jsonb_array_elements_text(v_parts -> v_at)), p_dimensions) as done;
    end loop;
    return next;
end;
$$;

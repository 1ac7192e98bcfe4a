-- set_row_security: puts PostgreSQL's row-level security behind within_tenancy, or takes it away again. Run by `migrate`.
--
-- With it, the view scoped_resources belongs to the role hyperfleet_scoped, which owns nothing else and is subject to a policy with
-- the same rule: a statement that forgot the caller's tenancy finds no row through the view. Without it, the view is the table.
-- Other roles see all rows of the table, as before. Roles that may read or change the table, such as a role of the servers that
-- owns nothing, get the same rights on the view.
--
-- p_is_on  whether it is to be on
-- Only differences are changed: a change of the table waits for all sessions that use it.
-- Raises insufficient_privilege where the user may not create the role, or is no member of it.
create or replace function set_row_security(p_is_on boolean) returns void
language plpgsql as $$
declare
    v_table pg_class;
    v_view pg_class;
    v_owner text;
    v_grant text;
begin
    select relation.* into v_table from pg_class as relation where relation.oid = 'resources'::regclass;
    select relation.* into v_view from pg_class as relation where relation.oid = 'scoped_resources'::regclass;
    v_owner := v_table.relowner::regrole::text;
    if not p_is_on then
        if v_view.relowner <> v_table.relowner then
            execute format('alter view scoped_resources owner to %s', v_owner);
        end if;
        if v_table.relrowsecurity then
            alter table resources disable row level security;
        end if;
    else
        if to_regrole('hyperfleet_scoped') is null then
            begin
                create role hyperfleet_scoped nologin;
                -- The user must be a member to give it the view.
                grant hyperfleet_scoped to current_user;
            exception
                -- By `migrate` of another database of the same server.
                when duplicate_object or unique_violation then null;
            end;
        end if;
        if not v_table.relrowsecurity then
            drop policy if exists all_rows on resources;
            drop policy if exists rows_of_tenancy on resources;
            create policy all_rows on resources using (true);
            create policy rows_of_tenancy on resources as restrictive to hyperfleet_scoped
                using (within_tenancy(tenancy, (select current_tenancy())));
            grant select, update on resources to hyperfleet_scoped;
            alter table resources enable row level security;
        end if;
        if v_view.relowner = v_table.relowner then
            execute format('grant usage, create on schema %s to hyperfleet_scoped', v_table.relnamespace::regnamespace);
            alter view scoped_resources owner to hyperfleet_scoped;
            execute format('revoke create on schema %s from hyperfleet_scoped', v_table.relnamespace::regnamespace);
            execute format('grant select, update on scoped_resources to %s', v_owner);
        end if;
    end if;

    for v_grant in
        select format(
            'grant %s on scoped_resources to %s',
            given.privilege_type,
            case given.grantee when 0 then 'public' else given.grantee::regrole::text end
        )
        from pg_class as base
        inner join pg_class as view on view.oid = 'scoped_resources'::regclass
        cross join lateral aclexplode(base.relacl) as given
        where base.oid = 'resources'::regclass
            and given.privilege_type in ('SELECT', 'UPDATE')
            and given.grantee not in (base.relowner, view.relowner)
            and to_regrole('hyperfleet_scoped')::oid is distinct from given.grantee
            and not exists (
                select
                from aclexplode(view.relacl) as held
                where held.grantee = given.grantee and held.privilege_type = given.privilege_type
            )
    loop
        execute v_grant;
    end loop;
end;
$$;

-- To which tenant a resource belongs. `tenancy` is the caller's at its creation, or that of its parent; `{}` without one. `tenant`
-- is the part of it that every caller of a tenant has: the required dimensions, as a text; empty for `{}`. Lists find the
-- resources of a tenant by it, and the kept counts have it.
alter table resources
    add column if not exists tenancy jsonb not null default '{}',
    add column if not exists tenant text collate "C" not null default '';

-- The resources as callers see them: with row-level security, only those of the tenancy that a statement is for (set_row_security).
-- One column, the whole row: it has the columns that later migrations add.
create or replace view scoped_resources as select resource from resources as resource;

-- Rows with an empty tenant count all resources of a kind, those of tenants, too; the others, the resources with one tenancy.
alter table resource_counts
    add column if not exists tenant text collate "C" not null default '',
    add column if not exists tenancy jsonb not null default '{}';
alter table resource_counts drop constraint if exists resource_counts_pk;
alter table resource_counts add constraint resource_counts_pk primary key (tenant, kind, tenancy, slot);

-- The row in which a connection counts resources of a tenant, empty for all: a list of a tenant reads four rows of many pages,
-- and a list of all resources sixteen of one page, since more connections create them at once.
create or replace function count_slot(p_tenant text) returns int
language sql volatile as $$
    select pg_backend_pid() % case when p_tenant = '' then 16 else 4 end
$$;

create or replace function count_resources() returns trigger
language plpgsql as $$
begin
    insert into resource_counts as counted (kind, tenant, tenancy, slot, count)
    select
        changed.kind,
        coalesce(changed.tenant, ''),
        coalesce(changed.tenancy, '{}'),
        count_slot(coalesce(changed.tenant, '')),
        count(*) * case tg_op when 'INSERT' then 1 else -1 end
    from changed
    group by grouping sets ((changed.kind), (changed.kind, changed.tenant, changed.tenancy))
    having grouping(changed.tenant) = 1 or changed.tenant <> ''
    order by 1, 2, 3
    on conflict (kind, tenant, tenancy, slot) do update
    set count = counted.count + excluded.count;
    return null;
end;
$$;

-- The history of resources (docs/history.md): the feed has who changed what, `generations` has the specs that were replaced.
alter table changes add column if not exists reason text;

-- The history of one resource.
create index if not exists changes_resource_idx on changes (resource_id, seq);

-- The states of the former generations of resources, each as it was at the end; of a removed resource also that of its last one.
-- `first_generation` is the first with this state, the one before where a mark for deletion has begun the last; `time` is when the state was kept.
create table if not exists generations (
    time timestamptz not null default clock_timestamp(),
    resource_id uuid not null,
    kind text collate "C" not null,
    owner_id uuid,
    tenancy jsonb not null,
    first_generation int not null,
    generation int not null,
    generation_time timestamptz not null,
    labels jsonb not null,
    spec jsonb not null,
    refs jsonb
) partition by range (time);

create index if not exists generations_resource_idx on generations (resource_id, generation);

-- As changes_default.
create table if not exists generations_default partition of generations default;

do $$
declare
    v_role text;
begin
    for v_role in
        select case given.grantee when 0 then 'public' else given.grantee::regrole::text end
        from pg_class as relation
        cross join lateral aclexplode(relation.relacl) as given
        where relation.oid = 'resources'::regclass
            and given.privilege_type = 'INSERT'
            and given.grantee <> relation.relowner
    loop
        execute format('grant select, insert on generations to %s', v_role);
    end loop;
end;
$$;

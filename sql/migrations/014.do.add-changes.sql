-- The change feed (docs/changes.md): one entry for each visible change of a resource, written in the transaction of the change.
-- `seq` is drawn while the transaction holds its lock on `changes` (change_bound); without a cache, so that a later call gets a higher number.
create sequence if not exists change_numbers cache 1;

create table if not exists changes (
    seq bigint not null default nextval('change_numbers'),
    time timestamptz not null default clock_timestamp(),
    type text collate "C" not null,
    kind text collate "C" not null,
    resource_id uuid not null,
    owner_id uuid,
    -- The resource's after the change; of a removed one, its last.
    version int not null,
    generation int not null,
    tenancy jsonb not null,
    caller text collate "C",
    adapter text collate "C",
    -- Members of the resource, and types of its conditions.
    changed text[] collate "C" not null,
    constraint changes_type_check check (type in ('created', 'changed', 'reported', 'marked', 'removed'))
) partition by range (time);

create index if not exists changes_seq_idx on changes (seq);

-- Takes an entry for whose day there is no partition (rotate_changes): no write fails for lack of one.
create table if not exists changes_default partition of changes default;

create table if not exists change_feed (
    singleton boolean not null default true,
    -- Makes the tokens of this feed differ from those of others.
    id uuid not null default gen_random_uuid(),
    -- Of the entries up to this number, some are no longer kept.
    floor bigint not null default 0,
    constraint change_feed_pk primary key (singleton),
    constraint change_feed_singleton_check check (singleton)
);
insert into change_feed default values on conflict do nothing;

-- Whoever writes resources writes entries, too: else its writes would fail until it is given the rights (docs/database.md).
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
        execute format('grant select, insert on changes to %s', v_role);
        execute format('grant select on change_feed to %s', v_role);
        execute format('grant select, usage on sequence change_numbers to %s', v_role);
    end loop;
end;
$$;

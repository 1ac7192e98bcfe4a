-- One row for every cluster, node pool, and whatever kind comes next.
--
-- Conditions live on the row, so that a read is one row. What searches need is kept beside them in
-- narrow columns (label_pairs, states), and no index covers a time that reports move: a report then
-- stays a heap-only update. The fill factor leaves room for one new version of a row on its page.
create table resources (
    id uuid not null,
    -- No foreign key to kinds: its share lock on that one hot row would cost every create.
    kind text collate "C" not null,
    owner_id uuid,
    name text collate "C" not null,
    labels jsonb not null,
    label_pairs text[] collate "C" not null,
    spec jsonb not null,
    generation int not null,
    -- When the current generation began: creation, last change of spec, or mark for deletion.
    generation_time timestamptz not null,
    -- Rises with every visible change; the entity tag.
    version int not null,
    created_time timestamptz not null,
    updated_time timestamptz not null,
    created_by text collate "C" not null,
    updated_by text collate "C" not null,
    deleted_time timestamptz,
    deleted_by text collate "C",
    conditions jsonb not null,
    states text[] collate "C" not null,
    constraint resources_pk primary key (id),
    constraint resources_owner_id_fkey foreign key (owner_id) references resources (id) on delete restrict,
    constraint resources_generation_check check (generation >= 1),
    constraint resources_deleted_check check ((deleted_time is null) = (deleted_by is null)),
    constraint resources_label_pairs_check check (cardinality(label_pairs) > 0 or labels = '{}'::jsonb)
) with (fillfactor = 70);

-- A name is free again as soon as its holder is marked for deletion.
create unique index resources_name_key on resources (kind, owner_id, name) nulls not distinct
    where deleted_time is null;
-- The default order of every list.
create index resources_kind_created_time_idx on resources (kind, created_time desc, id desc);
create index resources_kind_name_idx on resources (kind, name, id);
create index resources_owner_id_idx on resources (owner_id, created_time desc, id desc)
    where owner_id is not null;
create index resources_label_pairs_idx on resources using gin (label_pairs);
create index resources_states_idx on resources using gin (states);

-- How many resources there are of each kind, spread over slots so that creates do not queue for one
-- row. Only the sum over the slots means anything: a single slot may be negative.
create table resource_counts (
    kind text collate "C" not null,
    slot int not null,
    count bigint not null,
    constraint resource_counts_pk primary key (kind, slot)
) with (fillfactor = 20);

-- What the document (x-kinds) and the configuration say about each kind of resource, written by
-- `migrate` so that every replica applies one set of rules, also half way through a rollout.
create table kinds (
    kind text collate "C" not null,
    plural text not null,
    base_path text not null,
    parent_kind text collate "C",
    required_adapters text[] not null,
    -- The conditions of its resources have to be computed anew; kept here, so that an interrupted `migrate`
    -- is made good by the next one.
    stale boolean not null default true,
    constraint kinds_pk primary key (kind),
    constraint kinds_plural_key unique (plural),
    constraint kinds_parent_kind_fkey foreign key (parent_kind) references kinds (kind)
);

-- Which sql/functions are in force: `migrate` applies them again when their hash differs, but never those of
-- an older release over those of a newer one. The rules are the functions that make conditions.
create table applied_functions (
    singleton boolean not null default true,
    release text not null,
    hash text not null,
    rules_hash text not null,
    constraint applied_functions_pk primary key (singleton),
    constraint applied_functions_singleton_check check (singleton)
);

-- What the document (x-kinds) and the configuration say about each kind of resource, written by
-- `migrate` so that every replica applies one set of rules, also half way through a rollout.
create table kinds (
    kind text collate "C" not null,
    plural text not null,
    base_path text not null,
    parent_kind text collate "C",
    required_adapters text[] not null,
    constraint kinds_pk primary key (kind),
    constraint kinds_plural_key unique (plural),
    constraint kinds_parent_kind_fkey foreign key (parent_kind) references kinds (kind)
);

-- The hash of sql/functions as last applied: tells `migrate` whether to apply them again.
create table applied_functions (
    singleton boolean not null default true,
    hash text not null,
    constraint applied_functions_pk primary key (singleton),
    constraint applied_functions_singleton_check check (singleton)
);

-- References of resources to others that do not own them (docs/kinds.md): {"<ref_type>": [{"id", "kind"}]}, as
-- normalized_refs makes them; null when there are none.
alter table resources add column refs jsonb;

-- The references as searches and deletions know them: a row for each.
create table resource_references (
    source_id uuid not null,
    ref_type text collate "C" not null,
    target_id uuid not null,
    -- The target, while the reference keeps it from being deleted: null once the source is marked for deletion.
    held_id uuid,
    constraint resource_references_pk primary key (source_id, ref_type, target_id),
    constraint resource_references_source_id_fkey foreign key (source_id) references resources (id) on delete cascade,
    constraint resource_references_held_id_fkey foreign key (held_id) references resources (id) on delete restrict,
    constraint resource_references_held_id_check check (held_id = target_id)
);
create index resource_references_target_id_idx on resource_references (target_id, ref_type);
create index resource_references_held_id_idx on resource_references (held_id) where held_id is not null;

alter table kinds
    -- The references that its resources may have: [{"ref_type", "target_kind", "min", "max"}]; max 0 is no limit.
    add column reference_types jsonb not null default '[]',
    -- Whether it is configured: else its resources have no paths but those of resources of any kind.
    add column is_configured boolean not null default true,
    -- The changes that begin a new generation: of the spec, or of the labels, too.
    add column generation_on text not null default 'spec',
    add constraint kinds_generation_on_check check (generation_on in ('spec', 'any'));

drop function if exists set_kind(text, text, text, text, text, text[]);

-- What a descriptor of a kind says beside its adapters (set_kind).
alter table kinds
    -- What deleting a parent does to children of this kind; null for a kind without a parent.
    add column on_parent_delete text,
    add constraint kinds_on_parent_delete_check check (on_parent_delete in ('restrict', 'cascade')),
    -- Null: no adapter reconciles the kind, and its resources have no conditions.
    alter column required_adapters drop not null;

drop function if exists set_kind(text, text, text, text, text[]);
drop function if exists lock_family(text, text, text);

-- The resources that `import` has brought from a database of the Go implementation: so that a further run can tell its own
-- state of a resource from one that was changed or removed here. A row stays when its resource goes.
create table imported_resources (
    id uuid not null,
    kind text collate "C" not null,
    -- The updated_time of the resource there, when it was last imported.
    source_time timestamptz not null,
    -- Its updated_time here after that: another one now means that it was changed here since.
    updated_time timestamptz not null,
    constraint imported_resources_pk primary key (id)
);

-- resources_tenancy_name_key: names are unique within a tenancy, those of children under their parent.
-- replaces: resources_name_key
create unique index concurrently resources_tenancy_name_key
    on resources (kind, owner_id, name, tenancy) nulls not distinct
    where deleted_time is null;

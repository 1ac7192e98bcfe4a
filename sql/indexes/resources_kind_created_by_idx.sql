-- resources_kind_created_by_idx: what somebody created, and walks in that order.
create index concurrently resources_kind_created_by_idx on resources (kind, created_by, id);

-- resources_kind_created_by_idx: lists and searches by created_by, and walks in that order.
create index concurrently resources_kind_created_by_idx on resources (kind, created_by, id);

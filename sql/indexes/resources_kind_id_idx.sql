-- resources_kind_id_idx: lists in the order of ids (and of hrefs and kinds, which is the same within one kind), and their walks.
create index concurrently resources_kind_id_idx on resources (kind, id);

-- resources_kind_updated_time_idx: lists by the time of the last change. Reports do not move updated_time.
create index concurrently resources_kind_updated_time_idx on resources (kind, updated_time desc, id desc);

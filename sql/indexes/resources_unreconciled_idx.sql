-- resources_unreconciled_idx: the unreconciled resources, in the order of lists. Without the time since when: every report would move it.
create index concurrently resources_unreconciled_idx
    on resources (kind, created_time desc, id desc)
    where states @> array['Reconciled=False'];

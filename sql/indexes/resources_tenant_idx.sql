-- resources_tenant_idx: the resources of a tenant, in the order of lists.
create index concurrently resources_tenant_idx
    on resources (kind, tenant, created_time desc, id desc)
    where tenant <> '';

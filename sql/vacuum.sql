-- Statistics, and the map of what is visible to all, after much was written: autovacuum would do it a minute later.
vacuum (analyze) resources, adapter_statuses, resource_counts

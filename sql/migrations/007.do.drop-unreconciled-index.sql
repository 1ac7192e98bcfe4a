-- An earlier resources_unreconciled_idx had a time as a key, which reports move. `migrate` builds it anew from sql/indexes.
drop index if exists resources_unreconciled_idx;

-- get_applied_functions: which sql/functions are in force.
--
-- Returns one row, or none on a new database.
--   release     text  the version of the release they came with
--   hash        text  of all of them
--   rules_hash  text  of those that make conditions
select applied_functions.release, applied_functions.hash, applied_functions.rules_hash
from applied_functions;

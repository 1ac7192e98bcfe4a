-- get_functions_hash: the hash of sql/functions as last applied.
--
-- Returns one row, or none on a new database.
--   hash  text
select applied_functions.hash
from applied_functions;

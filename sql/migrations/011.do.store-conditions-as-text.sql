-- Conditions are answered far more often than they are aggregated or searched: as `json` they are the text that is answered
-- (docs/adr/0017). The table is written anew, under its lock.
alter table resources alter column conditions type json using conditions::json;

drop function if exists save_resource(resources);

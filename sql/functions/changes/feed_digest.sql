-- feed_digest: a text that no other database has, nor a copy of this one by a dump, nor this one after change_feed.id was changed.
create or replace function feed_digest() returns text
language sql stable as $$
    select encode(sha256(convert_to(concat_ws(' ', own.id, control.system_identifier, base.oid), 'UTF8')), 'hex')
    from change_feed as own
    cross join pg_control_system() as control
    cross join pg_database as base
    where base.datname = current_database()
$$;

-- has_tag: is this version among the entity tags of an If-Match or If-None-Match header?
--
-- `*` matches any. A W/ that a proxy put before a tag of ours is ignored: our tags are strong.
create or replace function has_tag(p_tags text, p_version int) returns boolean
language sql immutable parallel safe as $$
    select btrim(p_tags) = '*' or sent_tag(p_tags, p_version) is not null
$$;

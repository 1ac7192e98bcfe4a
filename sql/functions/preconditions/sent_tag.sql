-- sent_tag: the entity tag in an If-Match or If-None-Match header that stands for this version, without its quotes; null when
-- there is none.
--
-- A proxy that compresses an answer marks its tag, and does not take the mark off what its client sends back: `"3-gzip"`
-- (Apache, Caddy, and this server itself), `"3--gzip"` (Jetty), `"3-df"` (Traffic Server), W/"3" (nginx, HAProxy). The version
-- is the same in any form, so all of them match; one proxy behind another may add more than one mark.
create or replace function sent_tag(p_tags text, p_version int) returns text
language sql immutable parallel safe as $$
    select substring(p_tags from
        '(?:^|,)[[:space:]]*(?:W/)?"(' || p_version
        || '(?:[-;:+.]{1,2}(?:x-)?(?:gzip|br|zstd|deflate|compress|df))*)"[[:space:]]*(?:,|$)')
$$;

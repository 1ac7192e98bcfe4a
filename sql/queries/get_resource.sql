-- get_resource: one resource.
--
-- Params
--   $1 kind           text
--   $2 owner_id       text?    the parent's id in a nested path
--   $3 id             text
--   $4 if_none_match  text?    the header If-None-Match
--   $5 fields         text[]?  the members asked for; null for all
--   $6 tenancy        jsonb?    the caller's tenancy (within_tenancy)
-- Returns one row; HF404 when there is none.
--   body     text?  the resource as JSON; null when the caller has this version already
--   version  int    its version, for the entity tag
--   coding   text?  the coding of the compressed form that the caller has, where it has one of this server
select
    case
        when (scoped.resource).id is null then raise_not_found($1::text, $2::text, $3::text, $6::jsonb)
        when $4::text is null or not has_tag($4::text, (scoped.resource).version)
            then case
                -- Without a parameter in it, the planner leaves out what is for members only: half of the expression.
                when $5::text[] is null
                    then resource_body(
                        scoped.resource,
                        own_kind,
                        (select owner_kind from kinds as owner_kind where owner_kind.kind = own_kind.parent_kind),
                        null
                    )
                else (resource_bodies(own_kind.kind, array[asked.id], $5::text[], 2147483647, 'none', asked.tenancy))[1]
            end
    end as body,
    (scoped.resource).version,
    case when $4::text is not null
        then substring(sent_tag($4::text, (scoped.resource).version) from '(gzip|br)$') end as coding
-- The tenancy is entered before the row is looked up: that takes place for each row of `asked`.
from (values (as_uuid($3::text), enter_tenancy($6::jsonb))) as asked (id, tenancy)
left join scoped_resources as scoped
    on (scoped.resource).id = asked.id
    and (scoped.resource).kind = $1::text
    and ($2::text is null or (scoped.resource).owner_id = as_uuid($2::text))
    and within_tenancy((scoped.resource).tenancy, asked.tenancy)
left join kinds as own_kind on own_kind.kind = (scoped.resource).kind;

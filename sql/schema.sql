-- Made by `npm run generate` from sql/migrations: the schema that they amount to.

create type adapter_report as (
    adapter text,
    observed_generation integer,
    observed_time timestamp with time zone,
    available boolean,
    reason text,
    message text,
    finalized boolean
);

create table adapter_statuses (
    resource_id uuid not null,
    adapter text collate "C" not null,
    observed_generation integer not null,
    created_time timestamp with time zone not null,
    last_report_time timestamp with time zone not null,
    available boolean,
    available_reason text,
    available_message text,
    finalized boolean not null,
    conditions jsonb not null,
    data jsonb not null,
    metadata jsonb,
    constraint adapter_statuses_pk PRIMARY KEY (resource_id, adapter),
    constraint adapter_statuses_resource_id_fkey FOREIGN KEY (resource_id) REFERENCES resources(id) ON DELETE CASCADE,
    constraint adapter_statuses_observed_generation_check CHECK ((observed_generation >= 1))
) with (fillfactor=85);

create table applied_functions (
    singleton boolean not null default true,
    release text not null,
    hash text not null,
    rules_hash text not null,
    constraint applied_functions_pk PRIMARY KEY (singleton),
    constraint applied_functions_singleton_check CHECK (singleton)
);

create table change_feed (
    singleton boolean not null default true,
    id uuid not null default gen_random_uuid(),
    floor bigint not null default 0,
    constraint change_feed_pk PRIMARY KEY (singleton),
    constraint change_feed_singleton_check CHECK (singleton)
);

create table changes (
    seq bigint not null default nextval('change_numbers'::regclass),
    time timestamp with time zone not null default clock_timestamp(),
    type text collate "C" not null,
    kind text collate "C" not null,
    resource_id uuid not null,
    owner_id uuid,
    version integer not null,
    generation integer not null,
    tenancy jsonb not null,
    caller text collate "C",
    adapter text collate "C",
    changed text[] collate "C" not null,
    reason text,
    constraint changes_type_check CHECK ((type = ANY (ARRAY['created'::text, 'changed'::text, 'reported'::text, 'marked'::text, 'removed'::text])))
) partition by RANGE ("time");

CREATE INDEX changes_resource_idx ON ONLY public.changes USING btree (resource_id, seq);

CREATE INDEX changes_seq_idx ON ONLY public.changes USING btree (seq);

create table generations (
    time timestamp with time zone not null default clock_timestamp(),
    resource_id uuid not null,
    kind text collate "C" not null,
    owner_id uuid,
    tenancy jsonb not null,
    first_generation integer not null,
    generation integer not null,
    generation_time timestamp with time zone not null,
    labels jsonb not null,
    spec jsonb not null,
    refs jsonb
) partition by RANGE ("time");

CREATE INDEX generations_resource_idx ON ONLY public.generations USING btree (resource_id, generation);

create table idempotency_keys (
    caller text collate "C" not null,
    kind text collate "C" not null,
    owner_id text collate "C" not null,
    key text collate "C" not null,
    body_hash bytea not null,
    body text not null,
    href text not null,
    version integer not null,
    created_time timestamp with time zone not null,
    constraint idempotency_keys_pk PRIMARY KEY (caller, kind, owner_id, key)
);

CREATE INDEX idempotency_keys_created_time_idx ON public.idempotency_keys USING btree (created_time);

create table imported_resources (
    id uuid not null,
    kind text collate "C" not null,
    source_time timestamp with time zone not null,
    updated_time timestamp with time zone not null,
    constraint imported_resources_pk PRIMARY KEY (id)
);

create type judged_report as (
    adapter text,
    usable boolean,
    met boolean,
    generation integer,
    time text collate "C",
    available boolean,
    reason text,
    message text,
    why text
);

create table kinds (
    kind text collate "C" not null,
    plural text not null,
    base_path text not null,
    parent_kind text collate "C",
    required_adapters text[],
    stale boolean not null default true,
    on_parent_delete text,
    reference_types jsonb not null default '[]'::jsonb,
    is_configured boolean not null default true,
    generation_on text not null default 'spec'::text,
    older_names boolean not null default true,
    condition_rules jsonb not null default '[]'::jsonb,
    constraint kinds_pk PRIMARY KEY (kind),
    constraint kinds_plural_key UNIQUE (plural),
    constraint kinds_parent_kind_fkey FOREIGN KEY (parent_kind) REFERENCES kinds(kind),
    constraint kinds_generation_on_check CHECK ((generation_on = ANY (ARRAY['spec'::text, 'any'::text]))),
    constraint kinds_on_parent_delete_check CHECK ((on_parent_delete = ANY (ARRAY['restrict'::text, 'cascade'::text])))
);

create type resource_condition as (
    type text,
    reason text,
    status text,
    message text,
    created_time text,
    last_updated_time text,
    observed_generation integer,
    last_transition_time text
);

create table resource_counts (
    kind text collate "C" not null,
    slot integer not null,
    count bigint not null,
    tenant text collate "C" not null default ''::text,
    tenancy jsonb not null default '{}'::jsonb,
    constraint resource_counts_pk PRIMARY KEY (tenant, kind, tenancy, slot)
) with (fillfactor=20);

create table resource_references (
    source_id uuid not null,
    ref_type text collate "C" not null,
    target_id uuid not null,
    held_id uuid,
    constraint resource_references_pk PRIMARY KEY (source_id, ref_type, target_id),
    constraint resource_references_held_id_fkey FOREIGN KEY (held_id) REFERENCES resources(id) ON DELETE RESTRICT,
    constraint resource_references_held_id_check CHECK ((held_id = target_id)),
    constraint resource_references_source_id_fkey FOREIGN KEY (source_id) REFERENCES resources(id) ON DELETE CASCADE
);

CREATE INDEX resource_references_held_id_idx ON public.resource_references USING btree (held_id) WHERE (held_id IS NOT NULL);

CREATE INDEX resource_references_target_id_idx ON public.resource_references USING btree (target_id, ref_type);

create table resources (
    id uuid not null,
    kind text collate "C" not null,
    owner_id uuid,
    name text collate "C" not null,
    labels jsonb not null,
    label_pairs text[] collate "C" not null,
    spec jsonb not null,
    generation integer not null,
    generation_time timestamp with time zone not null,
    version integer not null,
    created_time timestamp with time zone not null,
    updated_time timestamp with time zone not null,
    created_by text collate "C" not null,
    updated_by text collate "C" not null,
    deleted_time timestamp with time zone,
    deleted_by text collate "C",
    conditions json not null,
    states text[] collate "C" not null,
    unreconciled_since timestamp with time zone,
    refs jsonb,
    tenancy jsonb not null default '{}'::jsonb,
    tenant text collate "C" not null default ''::text,
    constraint resources_pk PRIMARY KEY (id),
    constraint resources_deleted_check CHECK (((deleted_time IS NULL) = (deleted_by IS NULL))),
    constraint resources_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES resources(id) ON DELETE RESTRICT,
    constraint resources_generation_check CHECK ((generation >= 1)),
    constraint resources_label_pairs_check CHECK (((cardinality(label_pairs) > 0) OR (labels = '{}'::jsonb)))
) with (fillfactor=70);

CREATE INDEX resources_kind_created_by_idx ON public.resources USING btree (kind, created_by, id);

CREATE INDEX resources_kind_created_time_idx ON public.resources USING btree (kind, created_time DESC, id DESC);

CREATE INDEX resources_kind_id_idx ON public.resources USING btree (kind, id);

CREATE INDEX resources_kind_name_idx ON public.resources USING btree (kind, name, id);

CREATE INDEX resources_kind_updated_time_idx ON public.resources USING btree (kind, updated_time DESC, id DESC);

CREATE INDEX resources_label_pairs_idx ON public.resources USING gin (label_pairs);

CREATE INDEX resources_owner_id_idx ON public.resources USING btree (owner_id, created_time DESC, id DESC) WHERE (owner_id IS NOT NULL);

CREATE INDEX resources_states_idx ON public.resources USING gin (states);

CREATE INDEX resources_tenant_idx ON public.resources USING btree (kind, tenant, created_time DESC, id DESC) INCLUDE (tenancy) WHERE (tenant <> ''::text);

CREATE INDEX resources_unreconciled_idx ON public.resources USING btree (kind, created_time DESC, id DESC) WHERE (states @> ARRAY['Reconciled=False'::text]);

CREATE UNIQUE INDEX resources_tenancy_name_key ON public.resources USING btree (kind, owner_id, name, tenancy) NULLS NOT DISTINCT WHERE (deleted_time IS NULL);

CREATE TRIGGER resources_count_deleted AFTER DELETE ON public.resources REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_resources();

CREATE TRIGGER resources_count_inserted AFTER INSERT ON public.resources REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_resources();

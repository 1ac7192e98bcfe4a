/** Databases of the Go implementation, in each of the schemas that it has had, with generated resources. */
import { createEmptyDatabase, execute } from '../databases.ts'

/** `v0.2`: tables of clusters and node pools; `v0.3`: a table of other kinds beside them; `head`: one table for all, and labels, conditions, references and tenancy. */
export type Release = 'v0.2' | 'v0.3' | 'head'

const AUDIT = `created_time timestamptz not null default now(), updated_time timestamptz not null default now(),
  deleted_time timestamptz, created_by varchar(255) not null, updated_by varchar(255) not null, deleted_by varchar(255)`
const OLD = `kind varchar(255) not null, name varchar(255) not null, spec jsonb not null, labels jsonb, href varchar(500),
  generation integer not null default 1, status_conditions jsonb`
const OWNER = 'owner_id varchar(255), owner_kind varchar(100), owner_href varchar(500)'

const clusters = `
  create table clusters (id varchar(255) primary key, ${AUDIT}, ${OLD});
  create unique index idx_clusters_name on clusters (name) where deleted_time is null;
  create table node_pools (id varchar(255) primary key, ${AUDIT}, ${OLD}, ${OWNER},
    constraint fk_node_pools_clusters foreign key (owner_id) references clusters (id) on delete restrict on update restrict);
  create unique index idx_node_pools_owner_name on node_pools (owner_id, name) where deleted_time is null;
  create index idx_node_pools_owner_id on node_pools (owner_id);`

const resources = (more: string) => `
  create table resources (id varchar(255) primary key, ${AUDIT}, kind varchar(100) not null, name varchar(100) not null,
    href varchar(500), ${OWNER}, spec jsonb not null, generation integer not null default 1${more});
  create index idx_resources_kind on resources (kind);
  create index idx_resources_owner_id on resources (owner_id) where owner_id is not null;
  create unique index idx_resources_kind_owner_name on resources (kind, owner_id, name)
    where owner_id is not null and deleted_time is null;`

const head = `
  ${resources(", tenancy jsonb not null default '{}'")}
  create unique index idx_resources_kind_name on resources (kind, name, tenancy) where owner_id is null and deleted_time is null;
  create table resource_conditions (resource_id varchar(255) not null references resources (id) on delete cascade,
    type varchar(100) not null, status varchar(10) not null, reason text, message text,
    observed_generation integer not null default 0, created_time timestamptz not null default now(),
    last_updated_time timestamptz not null default now(), last_transition_time timestamptz not null default now(),
    primary key (resource_id, type));
  create table resource_labels (resource_id varchar(255) not null references resources (id) on delete cascade,
    key varchar(255) not null, value varchar(255) not null, primary key (resource_id, key));
  create table resource_references (source_id varchar(255) not null references resources (id) on delete cascade,
    ref_type varchar(255) not null, target_id varchar(255) not null references resources (id) on delete restrict,
    target_kind varchar(100) not null, primary key (source_id, ref_type, target_id));
  create index idx_resource_references_target on resource_references (target_id);`

const reports = `
  create table adapter_statuses (id varchar(255) primary key, created_time timestamptz not null default now(),
    updated_time timestamptz not null default now(), resource_type varchar(20) not null, resource_id varchar(255) not null,
    adapter varchar(255) not null, observed_generation integer not null, last_report_time timestamptz not null default now(),
    conditions jsonb not null, data jsonb, metadata jsonb);
  create unique index idx_adapter_statuses_unique on adapter_statuses (resource_type, resource_id, adapter);`

const schemas: Record<Release, string> = {
  'v0.2': `${clusters}${reports}`,
  'v0.3': `${clusters}${resources(', labels jsonb')}${reports}`,
  head: `${head}${reports}`,
}

/** How many resources of each kind there are; the pools are spread over the clusters. */
export interface Fleet {
  clusters: number
  pools: number
  channels: number
}

/** The id of a generated resource, by its kind and number. */
export const idOf = (kind: 'Cluster' | 'NodePool' | 'Channel') => `md5('${kind}' || number)::uuid::text`

/**
 * The resources of all kinds, in the table `staged`: clusters with labels, of the generations 1 to 3, each twentieth marked; their
 * pools, marked with them; channels, to which clusters refer.
 */
const staged = ({ clusters, pools, channels }: Fleet) => `
  create table staged as
  with numbered as (
    select 'Cluster' as kind, number, ${idOf('Cluster')} as id, null::text as owner_id, number % 20 = 0 as marked
    from generate_series(1, ${clusters}) as number
    union all
    select 'NodePool', number, ${idOf('NodePool')}, md5('Cluster' || owner)::uuid::text, owner % 20 = 0
    from generate_series(1, ${pools}) as number
    cross join lateral (select 1 + number % ${Math.max(clusters, 1)} as owner) as placed
    union all
    select 'Channel', number, ${idOf('Channel')}, null, false
    from generate_series(1, ${channels}) as number
  ),
  timed as (
    select *, timestamptz '2026-01-01 00:00:00.000123Z' + number * interval '1 minute' as created, 1 + number % 3 as generation
    from numbered
  )
  select id, kind, number, owner_id, marked,
    case when owner_id is not null then 'Cluster' end as owner_kind,
    lower(kind) || '-' || number as name,
    case when number % 5 = 0 then null else jsonb_build_object('environment', 'env-' || number % 4, 'a.b/c', 'v-' || number) end
      as labels,
    jsonb_build_object('number', number, 'large', 12345678901234567890.5, 'zones', jsonb_build_array('a', 'b')) as spec,
    generation, created,
    created + (generation - 1) * interval '1 hour' + case when marked then interval '1 day' else interval '0' end as updated,
    case when marked then created + (generation - 1) * interval '1 hour' + interval '23 hours' end as deleted,
    'creator-' || number % 3 || '@example.com' as created_by,
    'changer-' || number % 3 || '@example.com' as updated_by,
    case when marked then 'deleter@example.com' end as deleted_by
  from timed;

  create table staged_reports as
  select md5(staged.id || adapter)::uuid::text as id, staged.kind, staged.id as resource_id, adapter,
    case when staged.number % 7 = 0 then greatest(generation - 1, 1) else generation end as observed_generation,
    staged.updated + interval '1 minute' * length(adapter) as reported,
    staged.created + interval '1 minute' as first,
    (select jsonb_agg(jsonb_build_object(
      'type', type,
      'status', case
        when type = 'Finalized' then 'False'
        when type = 'Available' and number % 11 = 0 then 'False'
        when type = 'Available' and number % 13 = 0 then 'Unknown'
        else 'True'
      end,
      'reason', 'Checked', 'message', 'of ' || adapter,
      'last_transition_time', to_char(staged.created at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')))
    from unnest(array['Available', 'Applied', 'Health', 'Finalized']) as type) as conditions
  from staged
  cross join unnest(case kind when 'Cluster' then array['validation', 'dns', 'extra'] when 'NodePool' then array['validation'] else '{}' end)
    as adapter
  where number % 9 <> 0;

  create table staged_conditions as
  select staged.id, type, case when staged.number % 2 = 0 then 'True' else 'False' end as status,
    staged.created + interval '7 minutes' as transition, staged.updated, staged.created, staged.generation
  from staged
  cross join unnest(array['Reconciled', 'LastKnownReconciled', 'ValidationSuccessful']) as type
  where kind <> 'Channel';
  create index on staged_conditions (id);
  analyze staged, staged_reports, staged_conditions;`

const conditionsOf = `(select jsonb_agg(jsonb_build_object('type', case type when 'Reconciled' then 'Ready' when 'LastKnownReconciled' then 'Available' else type end,
  'status', status, 'reason', 'Was', 'message', 'as it was', 'observed_generation', c.generation, 'created_time', c.created,
  'last_updated_time', c.updated, 'last_transition_time', c.transition)) from staged_conditions as c where c.id = staged.id)`

const COLUMNS =
  'id, created_time, updated_time, deleted_time, created_by, updated_by, deleted_by, kind, name, spec, generation'
const VALUES =
  'id, created, updated, deleted, created_by, updated_by, deleted_by, kind, name, spec, generation'

const fillOld = `
  insert into clusters (${COLUMNS}, labels, status_conditions)
  select ${VALUES}, labels, ${conditionsOf} from staged where kind = 'Cluster';
  insert into node_pools (${COLUMNS}, labels, status_conditions, owner_id, owner_kind)
  select ${VALUES}, labels, ${conditionsOf}, owner_id, owner_kind from staged where kind = 'NodePool';`

const fills: Record<Release, string> = {
  'v0.2': fillOld,
  'v0.3': `${fillOld}
    insert into resources (${COLUMNS}, labels) select ${VALUES}, labels from staged where kind = 'Channel';`,
  head: `
    insert into resources (${COLUMNS}, owner_id, owner_kind) select ${VALUES}, owner_id, owner_kind from staged;
    insert into resource_labels select id, label.key, label.value from staged cross join jsonb_each_text(labels) as label;
    insert into resource_conditions select id, type, status, 'Was', 'as it was', generation, created, updated, transition
    from staged_conditions;
    insert into resource_references
    select source.id, 'channel', target.id, 'Channel'
    from staged as source
    inner join staged as target on target.kind = 'Channel' and target.number = 1 + source.number % 10
    where source.kind = 'Cluster' and source.number % 4 = 1 and not source.marked;`,
}

const fillReports = `
  insert into adapter_statuses (id, created_time, updated_time, resource_type, resource_id, adapter, observed_generation,
    last_report_time, conditions, data, metadata)
  select id, first, reported, kind, resource_id, adapter, observed_generation, reported, conditions,
    case when length(adapter) = 3 then null else jsonb_build_object('jobs', 1.50) end,
    case when length(adapter) = 3 then jsonb_build_object('attempt', 1) end
  from staged_reports;
  drop table staged, staged_reports, staged_conditions;
  analyze;`

/** A database of a release, with a fleet. Returns its URL. */
export async function createReference(release: Release, fleet: Fleet): Promise<string> {
  const url = await createEmptyDatabase()
  await execute(url, schemas[release] + staged(fleet) + fills[release] + fillReports)
  return url
}

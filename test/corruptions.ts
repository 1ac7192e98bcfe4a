/** What somebody's hand in the database may have done to a cluster with a node pool and a report, and what is said of it. */
export const corruptionsOfOne: [problem: string, statement: string][] = [
  [
    'the conditions are not what the rules make of the reports',
    `update resources set conditions = jsonb_set(conditions::jsonb, '{3,message}', '"mine"') where kind = 'Cluster'`,
  ],
  ['a condition does not follow from the reports', `update adapter_statuses set available = false`],
  ['states do not follow from the conditions', `update resources set states = '{}' where kind = 'Cluster'`],
  [
    'the time of being unreconciled does not follow from the conditions',
    `update resources set unreconciled_since = now() where kind = 'Cluster'`,
  ],
  [
    'label pairs do not follow from the labels',
    `update resources set label_pairs = '{a=c}' where kind = 'Cluster'`,
  ],
  [
    'marked for deletion, complete and childless, and still there',
    `update resources set deleted_time = now(), deleted_by = 'me' where kind = 'NodePool'`,
  ],
  [
    'a child that is not marked under a parent that is',
    `update resources set deleted_time = now(), deleted_by = 'me' where kind = 'Cluster'`,
  ],
  [
    'the parent is missing or of the wrong kind',
    `update resources set owner_id = id where kind = 'NodePool'`,
  ],
  ['a report of a generation that was never reached', `update adapter_statuses set observed_generation = 7`],
  [
    'the rows of references do not follow from the references',
    `update resources set refs = jsonb_build_object('peers', jsonb_build_array(jsonb_build_object('id', id))) where kind = 'Cluster'`,
  ],
  [
    'a row of a reference that the resource does not have',
    `insert into resource_references select id, 'peers', id from resources where kind = 'Cluster'`,
  ],
  [
    'a reference to a resource that is marked for deletion',
    `with marked as (
       update resources set deleted_time = now(), deleted_by = 'me' where kind = 'Cluster' returning id
     )
     insert into resource_references select id, 'peers', id, id from marked`,
  ],
  [
    'the tenancy is not that of the parent',
    `update resources set tenancy = '{"org":"acme"}', tenant = 'org=acme' where kind = 'NodePool'`,
  ],
  [
    'the tenant is not part of the tenancy',
    `update resources set tenant = 'org=acme' where kind = 'Cluster'`,
  ],
  [
    'times out of order',
    `update resources set updated_time = created_time - interval '1 s' where kind = 'Cluster'`,
  ],
]

/** The same, where what is wrong cannot be told from one resource. */
export const corruptionsOfAll: [problem: string, statement: string][] = [
  ['the kept count is wrong', `update resource_counts set count = count + 1 where kind = 'Cluster'`],
  [
    'a name that is held twice',
    `drop index resources_tenancy_name_key;
     update resources set kind = 'NodePool', name = 'workers', owner_id = (select id from resources where kind = 'Cluster')`,
  ],
  [
    'a report without a resource',
    `alter table adapter_statuses drop constraint adapter_statuses_resource_id_fkey;
     update adapter_statuses set resource_id = gen_random_uuid()`,
  ],
]

/** Imports of small databases of the Go implementation: what is kept, what is left out, and further runs. */
import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { type Irregular, importFrom, type LeftOut } from '../../server/imports/importer.ts'
import { loadDocument } from '../../server/openapi/document.ts'
import { type Application, application } from '../application.ts'
import { createDatabase, createEmptyDatabase, execute, testConfig } from '../databases.ts'
import { openSession, untilWaiting } from '../sessions.ts'
import { createReference, type Release } from './reference-database.ts'
import { env, feedFaults, rowsOf } from './target.ts'

const fleet = { clusters: 60, pools: 80, channels: 20 }
const TOTAL = 160

async function importInto(url: string, from: string, more: object = {}, settings: object = env) {
  const config = testConfig(url, { ...settings })
  const left: LeftOut[] = []
  const noted: Irregular[] = []
  const tally = await importFrom(config, loadDocument(config), {
    from,
    leave: (row) => left.push(row),
    note: (row) => noted.push(row),
    ...more,
  })
  return { tally, left, noted }
}

/** A fleet of the newest release, and a server of an empty database. */
async function begin(t: Test, settings: Record<string, string> = env) {
  const from = await createReference('head', fleet)
  const server = await application(t, settings)
  const run = (more?: object) => importInto(server.url, from, more, settings)
  return { from, run, source: (text: string) => execute(from, text), ...server }
}

/** Checks what `verify` checks, and that the feed has told how everything came to be. */
async function isConsistent(t: Test, { database, url }: Pick<Application, 'database' | 'url'>) {
  t.strictSame(await database.all('list_inconsistencies', {}), [])
  t.strictSame(await feedFaults(url), [])
}

/** The members that a resource has in both, by id. */
const members = (holder: string, labels: string) => `
  select id::text, kind, name, ${labels} as labels, spec::text, generation, created_time::text, updated_time::text, created_by,
    updated_by, deleted_time::text, deleted_by
  from ${holder} as r
  order by id::text`
const reportMembers = `
  select resource_id::text, adapter, observed_generation, created_time::text, last_report_time::text,
    coalesce(data, '{}')::text as data, metadata::text, conditions -> 0 ->> 'status' as status
  from adapter_statuses
  order by 1, adapter collate "C"`
const labelsOf: Record<Release, string> = {
  'v0.2': "coalesce(labels, '{}')::text",
  'v0.3': "coalesce(labels, '{}')::text",
  head: `coalesce((select jsonb_object_agg(l.key, l.value) from resource_labels as l where l.resource_id = r.id), '{}')::text`,
}

for (const release of ['v0.2', 'v0.3', 'head'] satisfies Release[])
  t.test(`a database of ${release} is moved with all that clients see`, async (t) => {
    const from = await createReference(release, fleet)
    const server = await application(t, env)
    const { call, url } = server
    const { tally, left } = await importInto(url, from)
    const total = release === 'v0.2' ? TOTAL - fleet.channels : TOTAL
    t.match(tally, { imported: total, updated: 0, unchanged: 0, removed: 0, leftOut: 0, garbage: 0 })
    t.strictSame(left, [])
    await isConsistent(t, server)

    const holders = { 'v0.2': ['clusters', 'node_pools'], 'v0.3': ['clusters', 'node_pools', 'resources'] }
    const there = []
    for (const holder of release === 'head' ? ['resources'] : holders[release])
      there.push(...(await execute(from, members(holder, labelsOf[release]))).rows)
    const here = (await execute(url, members('resources', 'labels::text'))).rows
    t.equal(here.length, total)
    t.strictSame(
      here,
      there.sort((one, other) => (one.id < other.id ? -1 : 1)),
    )
    t.strictSame((await execute(url, reportMembers)).rows, (await execute(from, reportMembers)).rows)

    for (const kind of ['clusters', 'nodepools']) {
      const list = await call('GET', `${kind}?size=500`)
      for (const item of list.body.items) {
        const stored = here.find(({ id }) => id === item.id)
        t.match(item, { name: stored.name, generation: stored.generation, created_by: stored.created_by })
        t.equal(`${Boolean(item.deleted_time)}`, `${stored.deleted_time !== null}`)
        t.same(item.spec, JSON.parse(stored.spec))
      }
    }
    const { rows } = await execute(
      url,
      `select r.id, c ->> 'status' as status, c ->> 'last_transition_time' as time, r.created_time + interval '7 minutes' as former,
        (c ->> 'last_transition_time')::timestamptz = r.created_time + interval '7 minutes' as is_kept, r.spec -> 'number' as number
      from resources as r cross join json_array_elements(r.conditions) as c
      where c ->> 'type' = 'Reconciled'`,
    )
    // It was True there of each resource with an even number.
    const same = rows.filter(({ status, number }) => status === (number % 2 ? 'False' : 'True'))
    t.ok(same.length > 20, `${same.length}`)
    t.strictSame(
      same.filter(({ is_kept }) => !is_kept),
      [],
      'a status that stays the same keeps its time',
    )
    t.strictSame(
      rows.filter((row) => row.is_kept && !same.includes(row)),
      [],
    )
  })

t.test('a second run changes nothing, and further ones follow the source', async (t) => {
  const server = await begin(t)
  const { run, source, call, url } = server
  await run()
  const first = await rowsOf(url)
  t.match((await run()).tally, { imported: 0, updated: 0, unchanged: TOTAL, reports: 0, leftOut: 0 })
  t.strictSame(await rowsOf(url), first)

  const { rows: ids } = await source(
    `select id, (select target_id from resource_references where source_id = r.id) as target from resources as r
    where kind = 'Cluster' and deleted_time is null order by created_time`,
  )
  const [changed, marked, reported, freed] = ids.map(({ id }) => id)
  const target = ids.find((each) => each.target)?.target
  await source(`update resources set spec = '{"new": 1}', generation = generation + 1, updated_time = now(), updated_by = 'late'
    where id = '${changed}'`)
  await source(`update resources set deleted_time = now(), deleted_by = 'late', generation = generation + 1, updated_time = now()
    where id = '${marked}' or owner_id = '${marked}'`)
  await source(`delete from resource_references where source_id in ('${marked}', '${changed}')`)
  await source(`update adapter_statuses set last_report_time = now(), observed_generation =
      (select generation from resources where id = resource_id), conditions = jsonb_set(conditions, '{0,status}', '"False"')
    where resource_id = '${reported}'`)
  // Its name goes to another one at once.
  await source(`update resources set deleted_time = now(), deleted_by = 'late', generation = generation + 1, updated_time = now()
    where id = '${freed}' or owner_id = '${freed}'`)
  const heir = '0000aaaa-0000-7000-8000-000000000001'
  await source(`insert into resources (id, kind, name, spec, created_by, updated_by)
    select '${heir}', kind, name, spec, 'late', 'late' from resources where id = '${freed}'`)
  const { tally, left } = await run()
  const pools = Number(
    (await source(`select count(*) from resources where owner_id in ('${marked}', '${freed}')`)).rows[0]
      .count,
  )
  t.strictSame(left, [])
  t.match(tally, { imported: 1, updated: 4 + pools, leftOut: 0 })
  await isConsistent(t, server)
  t.match((await call('GET', `clusters/${changed}`)).body, { spec: { new: 1 }, updated_by: 'late' })
  t.ok((await call('GET', `clusters/${marked}`)).body.deleted_time)
  t.equal((await call('GET', `clusters/${heir}`)).status, 200)
  t.equal((await call('GET', `clusters?ref_type=channel&ref_target_id=${target}`)).status, 200)
  t.match(
    (await call('GET', `clusters/${reported}/statuses`)).body.items.map(
      (item: { conditions: object[] }) => item.conditions[0],
    ),
    [{ status: 'False' }],
  )
  t.match((await run()).tally, { imported: 0, updated: 0, leftOut: 0 })

  const told = async (id: string) =>
    (await call('GET', `clusters/${id}/changes`)).body.items
      .reverse()
      .map(({ type, caller, adapter, changed }: Record<string, unknown>) => ({
        type,
        ...(caller !== undefined && { caller }),
        ...(adapter !== undefined && { adapter }),
        changed,
      }))
  const created = { type: 'created', caller: /^changer-/, changed: [] }
  t.match(await told(changed), [
    created,
    { type: 'changed', caller: /^changer-/, changed: ['references'] },
    { type: 'changed', caller: 'late', changed: ['references', 'spec', 'Ready', 'Reconciled'] },
  ])
  t.match(await told(marked), [created, { type: 'marked', caller: 'late', changed: ['deleted_time'] }])
  t.match((await told(reported)).at(-1), {
    type: 'reported',
    changed: [
      'Available',
      'Ready',
      'Reconciled',
      'LastKnownReconciled',
      'ValidationSuccessful',
      'DnsSuccessful',
    ],
  })
  t.match(await told(heir), [{ type: 'created', caller: 'late' }])
  const { body: now } = await call('GET', `clusters/${changed}`)
  const { body: kept } = await call('GET', `clusters/${changed}/generations`)
  t.match(kept, {
    total: 2,
    items: [{ generation: now.generation, type: 'changed', caller: 'late' }, { type: 'created' }],
  })
  const { body: former } = await call('GET', `clusters/${changed}/generations/${now.generation - 1}`)
  t.match(former.spec, { zones: ['a', 'b'] })
  // The mark has begun a generation with the same state.
  t.equal((await call('GET', `clusters/${marked}/generations`)).body.total, 2)
})

t.test('a generation keeps the time at which it began', async (t) => {
  const { run, source, url, ...server } = await begin(t)
  await run()
  const timeOf = async () =>
    (await execute(url, `select generation_time::text from resources where name = 'cluster-2'`)).rows
  const before = await timeOf()
  await source(`update resources set updated_time = now() where name = 'cluster-2'`)
  await source(`insert into resource_labels select id, 'late', 'yes' from resources where name = 'cluster-2'`)
  t.match((await run()).tally, { updated: 1 })
  t.strictSame(await timeOf(), before)
  await isConsistent(t, { ...server, url })
})

t.test('a source that is written meanwhile is caught up with', async (t) => {
  const server = await begin(t)
  const { run, source, url } = server
  let isOver = false
  const writer = (async () => {
    for (let round = 1; !isOver; round++)
      await source(
        `update resources set spec = spec || '{"round": ${round}}', generation = generation + 1, updated_time = now()
          where deleted_time is null and (spec ->> 'number')::int % 5 = ${round % 5};
        update adapter_statuses as s set last_report_time = now(), observed_generation = r.generation
          from resources as r where r.id = s.resource_id and (r.spec ->> 'number')::int % 5 = ${(round + 2) % 5}`,
      )
  })()
  for (let count = 0; count < 3; count++) t.match((await run()).tally, { leftOut: 0 })
  isOver = true
  await writer
  await run()
  const rows = 'select id::text, spec::text, generation, updated_time::text from resources order by id::text'
  t.strictSame((await execute(url, rows)).rows, (await source(rows)).rows)
  t.strictSame((await execute(url, reportMembers)).rows, (await source(reportMembers)).rows)
  await isConsistent(t, server)
})

t.test('a parent that is being marked is waited for, also beside a row without a usable id', async (t) => {
  const server = await begin(t)
  const { run, source, url } = server
  await run({ kinds: ['Cluster'] })
  const { rows } = await source(
    `select owner_id as id from resources where owner_id is not null and deleted_time is null limit 1`,
  )
  const owner = rows[0].id
  await source(`insert into resources (id, kind, name, owner_id, owner_kind, spec, created_by, updated_by)
    values ('00', 'NodePool', 'bad-id', '${owner}', 'Cluster', '{}', 'a', 'a')`)
  const session = await openSession(t, url)
  await session.query('begin')
  await session.query(`select mark_resources(array['${owner}'::uuid], 'me')`)
  const running = run({ kinds: ['NodePool'] })
  await untilWaiting(session, 1)
  await session.query('commit')
  const { left } = await running
  t.ok(left.some(({ reason }) => reason === 'its parent is marked for deletion, and it is not'))
  t.strictSame(await server.database.all('list_inconsistencies', {}), [])
})

t.test('two imports at the same time come to the same as one', async (t) => {
  const server = await begin(t)
  const { run, url } = server
  const both = await Promise.all([run(), run()])
  t.equal(both[0].tally.imported + both[1].tally.imported, TOTAL)
  t.strictSame([...both[0].left, ...both[1].left], [])
  const rows = await rowsOf(url)
  t.match((await run()).tally, { unchanged: TOTAL, leftOut: 0 })
  t.strictSame(await rowsOf(url), rows)
  await isConsistent(t, server)
})

t.test('references are those of the source', async (t) => {
  const server = await begin(t)
  const { run, source, call } = server
  await run()
  const { rows } = await source('select source_id, target_id from resource_references order by source_id')
  t.ok(rows.length > 10)
  for (const { source_id, target_id } of rows)
    t.match((await call('GET', `clusters/${source_id}`)).body.references, { channel: [{ id: target_id }] })
  const [{ source_id, target_id }] = rows
  t.equal((await call('DELETE', `channels/${target_id}`)).status, 409)

  await source(`delete from resource_references where source_id = '${source_id}'`)
  await source(`update resources set updated_time = now() where id = '${source_id}'`)
  await source(
    `insert into resource_references select source_id, 'unknown', target_id, target_kind from resource_references limit 1`,
  )
  const { left } = await run()
  t.match(left, [{ kind: 'Cluster', reason: /^the reference unknown to .*: Cluster cannot have it$/ }])
  t.equal((await call('GET', `clusters/${source_id}`)).body.references, undefined)
  await isConsistent(t, server)
})

t.test('what was changed here stays', async (t) => {
  const server = await begin(t)
  const { run, source, call } = server
  await run()
  const { rows } = await source(
    `select id from resources where kind = 'Cluster' and deleted_time is null order by created_time`,
  )
  const [patched, deleted] = rows.map(({ id }) => id)
  t.equal((await call('PATCH', `clusters/${patched}`, { spec: { mine: 1 } })).status, 200)
  t.equal((await call('DELETE', `clusters/${deleted}`)).status, 202)
  for (const pool of (await call('GET', `clusters/${deleted}/nodepools`)).body.items)
    await call('POST', `nodepools/${pool.id}/force-delete`, { reason: 'test' })
  t.equal((await call('POST', `clusters/${deleted}/force-delete`, { reason: 'test' })).status, 204)
  t.match(
    (await run()).left,
    [{ id: deleted, reason: 'it was imported, and is removed here' }, {}].slice(0, 1),
  )
  await source(`update resources set spec = '{"theirs": 1}', updated_time = now() where id = '${patched}'`)
  const { left } = await run()
  t.ok(left.some(({ id, reason }) => id === patched && /it was changed here since/.test(reason)))
  t.strictSame((await call('GET', `clusters/${patched}`)).body.spec, { mine: 1 })
  t.equal((await call('GET', `clusters/${deleted}`)).status, 404)
  await isConsistent(t, server)
})

t.test('what is gone from the source goes here, too', async (t) => {
  const server = await begin(t)
  const { run, source, call } = server
  await run()
  const { rows } = await source(
    `select owner_id as id, min(id) as pool from resources where owner_id is not null and deleted_time is null group by 1 order by 1`,
  )
  const [{ id: first }, second] = rows
  await source(
    `delete from resources where owner_id = '${first}'; delete from resources where id = '${first}'`,
  )
  t.equal((await call('PATCH', `nodepools/${second.pool}`, { spec: { mine: 1 } })).status, 200)
  await source(
    `delete from resources where owner_id = '${second.id}'; delete from resources where id = '${second.id}'`,
  )
  const { tally, left: all } = await run()
  const left = all.filter(({ adapter }) => adapter === undefined)
  t.ok(tally.removed >= 2)
  t.equal((await call('GET', `clusters/${first}`)).status, 404)
  t.equal((await call('GET', `clusters/${second.id}`)).status, 200)
  t.ok(left.every(({ reason }) => /it is gone there, and was changed here/.test(reason)))
  t.strictSame(left.map(({ id }) => id).sort(), [second.id, second.pool].sort())
  await isConsistent(t, server)

  await source(`delete from resource_references; delete from resources`)
  await t.rejects(
    run(),
    /\d+ of \d+ imported resources are not in the database of --from any more: .*--remove-most/,
  )
  await run({ removesMost: true })
  t.equal((await call('GET', 'resources')).body.total, 2)
  await isConsistent(t, server)
})

t.test('what the rules do not allow is left out, each with its reason', async (t) => {
  const server = await begin(t)
  const { run, source, call, url } = server
  const id = () => randomUUID()
  const add = async (own: string, kind: string, name: string, more: Record<string, string> = {}) => {
    const columns = { spec: "'{}'", ...more }
    await source(`insert into resources (id, kind, name, created_by, updated_by, ${Object.keys(columns)})
      values ('${own}', '${kind}', '${name}', 'a', 'a', ${Object.values(columns)})`)
    return own
  }
  const pair = { owner_kind: "'Cluster'" }
  const old = await add('01hz0000000000000000000000000000', 'Cluster', 'old-id')
  const below = await add(id(), 'NodePool', 'below', { ...pair, owner_id: `'${old}'` })
  const orphan = await add(id(), 'NodePool', 'orphan', { ...pair, owner_id: "'gone'" })
  const gadget = await add(id(), 'Gadget', 'gadget')
  const listed = await add(id(), 'Channel', 'listed', { spec: "'[]'" })
  const tenant = await add(id(), 'Channel', 'tenant', { tenancy: `'{"org": "acme"}'` })
  const parent = await add(id(), 'Cluster', 'marked', { deleted_time: 'now()', updated_time: 'now()' })
  const live = await add(id(), 'NodePool', 'live', { ...pair, owner_id: `'${parent}'` })
  const complete = await add(id(), 'Channel', 'complete', { deleted_time: 'now()', updated_time: 'now()' })
  const taken = await add(id(), 'Cluster', 'taken')
  t.equal((await call('POST', 'clusters', { kind: 'Cluster', name: 'taken', spec: {} })).status, 201)
  const { rows } = await source(`select id from resources where name = 'cluster-1'`)
  await source(`insert into adapter_statuses (id, resource_type, resource_id, adapter, observed_generation, conditions)
    values ('a', 'Cluster', '${rows[0].id}', 'ahead', 9, '[]'), ('b', 'Cluster', 'gone', 'dns', 1, '[]')`)
  const expected: Record<string, RegExp> = {
    [old]: /^the id is no UUID in lower case$/,
    [below]: /^its parent is left out$/,
    [orphan]: /^its parent gone is not there$/,
    [gadget]: /^the kind Gadget is not in the configuration$/,
    [listed]: /^the spec is no object$/,
    [tenant]: /^the tenancy .* has a dimension that server.tenant.dimensions lacks$/,
    [live]: /^its parent is marked for deletion, and it is not$/,
    [complete]: /^it is marked for deletion, and nothing holds it: it is removed$/,
    [taken]: /^another resource here has the name taken$/,
    [rows[0].id]: /^the report is of generation 9, which the resource has not reached$/,
    gone: /^the source has no resource with this id$/,
  }
  const { tally, left } = await run()
  t.strictSame(left.map((row) => row.id).sort(), Object.keys(expected).sort())
  for (const row of left) t.match(row.reason, expected[row.id])
  t.match(tally, { imported: TOTAL + 1, leftOut: 10, garbage: 1 })
  await isConsistent(t, server)
  const before = await rowsOf(url)
  t.match((await run()).tally, { imported: 0, updated: 0, unchanged: TOTAL + 1, leftOut: 10, garbage: 1 })
  t.strictSame(await rowsOf(url), before)
})

t.test('what a create here would refuse is imported, and noted', async (t) => {
  const server = await begin(t)
  const { run, source, call } = server
  const { rows } = await source(
    `select id from resources where kind = 'Cluster' and deleted_time is null order by created_time`,
  )
  const [named, labelled, wide] = rows.map(({ id }) => id)
  const long = `Name_of-${'x'.repeat(90)}`
  await source(`update resources set name = '${long}' where id = '${named}'`)
  await source(`insert into resource_labels values ('${labelled}', 'label with spaces', 'and a, value')`)
  // Exact, and beyond what a double holds.
  const numbers =
    '{"n": 1e400, "tiny": 0.00000000000000000000000000001, "large": 123456789012345678901234567890.10}'
  await source(`update resources set spec = '${numbers}' where id = '${wide}'`)
  const { left, noted, tally } = await run()
  t.strictSame(left, [])
  t.match(tally, { imported: TOTAL, irregular: noted.length })
  const notes = Object.fromEntries(noted.map(({ id, note }) => [id, note]))
  t.match(notes[named], /^a create here would refuse it: name must /)
  t.match(notes[labelled], /^a create here would refuse it: labels/)
  t.strictSame((await call('GET', `clusters/${named}`)).body.name, long)
  const { rows: stored } = await execute(
    server.url,
    `select labels ->> 'label with spaces' as label from resources where id = '${labelled}'`,
  )
  t.strictSame(stored, [{ label: 'and a, value' }])
  t.match((await call('GET', `clusters/${wide}`)).text, '"large": 123456789012345678901234567890.10')
  t.match((await call('GET', `clusters/${wide}`)).text, `"n": 1${'0'.repeat(400)}`)
  // They live on: a patch checks what it sends, and a list and a search find them.
  t.equal((await call('PATCH', `clusters/${named}`, { spec: { next: 1 } })).status, 200)
  t.equal((await call('GET', `clusters?search=${encodeURIComponent(`name = '${long}'`)}`)).body.total, 1)
  await isConsistent(t, server)
})

t.test('a value that the database refuses leaves out its own resource only', async (t) => {
  const from = await createReference('v0.3', fleet)
  const server = await application(t, env)
  const source = (text: string) => execute(from, text)
  const large = `jsonb_build_object('a', (select string_agg(md5(n::text), '') from generate_series(1, 1000) as n))`
  const { rows } = await source(`select p.id, p.owner_id from node_pools as p
    inner join clusters as c on c.id = p.owner_id where c.deleted_time is null order by p.id`)
  const marked = (await source('select id from clusters where deleted_time is not null limit 1')).rows[0].id
  await source(`update node_pools set labels = ${large} where id = '${rows[0].id}'`)
  await source(`update clusters set labels = ${large} where id in ('${marked}', '${rows[5].owner_id}')`)
  const below = async (id: string) =>
    (await source(`select id from node_pools where owner_id = '${id}'`)).rows.map((row) => row.id)
  const refused = new Map<string, RegExp>([
    [rows[0].id, /^the database refuses it: index row /],
    [marked, /^the database refuses it: index row /],
    [rows[5].owner_id, /^the database refuses it: index row /],
  ])
  for (const id of await below(marked)) refused.set(id, /^the database refuses it: index row /)
  for (const id of await below(rows[5].owner_id))
    if (!refused.has(id)) refused.set(id, /^its parent \S+ is not there$/)
  const { tally, left } = await importInto(server.url, from)
  t.match(tally, { imported: TOTAL - refused.size, leftOut: refused.size })
  t.strictSame(left.map(({ id }) => id).sort(), [...refused.keys()].sort())
  for (const { id, reason } of left) t.match(reason, refused.get(id))
  await isConsistent(t, server)

  // Mended there, they come by the next run.
  await source(`update node_pools set labels = null where id = '${rows[0].id}'`)
  await source(`update clusters set labels = null where id in ('${marked}', '${rows[5].owner_id}')`)
  t.match((await importInto(server.url, from)).tally, { imported: refused.size, leftOut: 0 })
  await isConsistent(t, server)
})

t.test('tenancy is kept, and a child has that of its parent', async (t) => {
  const settings = {
    ...env,
    HYPERFLEET_SERVER_TENANT_DIMENSIONS: JSON.stringify([
      { key: 'org', header: 'X-Org', required: true },
      { key: 'project', header: 'X-Project' },
    ]),
    HYPERFLEET_SERVER_TENANT_ENABLED: 'true',
    HYPERFLEET_SERVER_TENANT_SYSTEM_HEADER: 'X-System',
  }
  const server = await begin(t, settings)
  const { run, source, call } = server
  await source(
    `update resources set tenancy = jsonb_build_object('org', 'org-' || (spec ->> 'number')::int % 3) where kind = 'Cluster'`,
  )
  await source(`update resources set tenancy = '{"org": "other"}' where kind = 'NodePool'`)
  await source(`update resources set tenancy = '{"project": "web"}' where name = 'channel-1'`)
  const { left } = await run()
  t.match(left, [{ kind: 'Channel', reason: /lacks a dimension that server.tenant.dimensions requires/ }])
  await isConsistent(t, server)
  const { rows } = await source(`select id, tenancy from resources where kind = 'Cluster' limit 5`)
  for (const { id, tenancy } of rows) {
    t.equal((await call('GET', `clusters/${id}`, undefined, { 'x-org': tenancy.org })).status, 200)
    t.equal((await call('GET', `clusters/${id}`, undefined, { 'x-org': 'none' })).status, 404)
  }
  t.equal((await call('GET', 'clusters', undefined, { 'x-org': 'org-1' })).body.total, 20)
})

t.test('a dry run does everything and keeps nothing; kinds can be chosen', async (t) => {
  const server = await begin(t)
  const { run, url } = server
  const empty = await rowsOf(url)
  t.match((await run({ isDryRun: true })).tally, { imported: TOTAL, leftOut: 0 })
  t.strictSame(await rowsOf(url), empty)
  const { tally, left } = await run({ kinds: ['NodePool'] })
  t.match(tally, { imported: 0, leftOut: fleet.pools })
  t.ok(left.every(({ reason }) => /^its parent \S+ is not there$/.test(reason)))
  t.match((await run({ kinds: ['Channel'] })).tally, { imported: fleet.channels, leftOut: 0 })
  t.match((await run({ kinds: ['Cluster'] })).tally, { imported: fleet.clusters, leftOut: 0 })
  t.match((await run({ kinds: ['NodePool'] })).tally, { imported: fleet.pools, leftOut: 0 })
  t.match((await run()).tally, { imported: 0, unchanged: TOTAL })
  await t.rejects(run({ kinds: ['Gadget'] }), /--kinds: neither .* has the kind Gadget/)
  await isConsistent(t, server)
})

t.test('conditions of the configuration are mapped', async (t) => {
  const rule = {
    type: 'Numbered',
    when: { expression: 'true' },
    output: {
      status: { expression: "resource.spec.number > 30.0 ? 'True' : 'False'" },
      reason: { expression: "'Counted'" },
      message: { expression: "''" },
    },
  }
  const settings = {
    ...env,
    HYPERFLEET_ENTITIES: JSON.stringify([
      { kind: 'Cluster', conditions: [rule], references: [{ ref_type: 'channel', target_kind: 'Channel' }] },
      { kind: 'NodePool' },
      { kind: 'Channel', plural: 'channels' },
    ]),
  }
  const server = await begin(t, settings)
  const { run, call, url } = server
  const empty = await rowsOf(url)
  t.match((await run({ isDryRun: true })).tally, { imported: TOTAL, leftOut: 0 })
  t.strictSame(await rowsOf(url), empty)
  await run()
  await isConsistent(t, server)
  t.equal((await call('GET', "clusters?search=status.conditions.Numbered='True'")).body.total, 30)
})

t.test('a source that cannot be used is told in one line, without its password', async (t) => {
  const url = await createDatabase(env)
  const empty = await createEmptyDatabase()
  const lacking = await createReference('head', { clusters: 1, pools: 0, channels: 0 })
  await execute(lacking, 'alter table resources drop column generation')
  const bare = await createReference('v0.2', { clusters: 1, pools: 0, channels: 0 })
  await execute(bare, 'drop table adapter_statuses')
  const secret = new URL(empty)
  secret.pathname = '/not-there'
  secret.password = 'very-secret-word'
  const cases: [string, RegExp][] = [
    ['nonsense', /^the flag --from must have a URL of PostgreSQL/],
    ['postgres://a,b/c', /^the URL of --from must have one host/],
    [`${empty}?what=1`, /^the URL of --from must not have the parameter what/],
    [secret.href, /^the database not-there at \S+ \(--from\) cannot be read: password authentication failed/],
    [
      empty,
      /is no database of the Go implementation: it has neither a table resources nor a table clusters$/,
    ],
    [url, /is a database of this server, and not of the Go implementation$/],
    [lacking, /has a schema that is not known: the table resources lacks generation$/],
    [bare, /lacks the table adapter_statuses$/],
  ]
  for (const [from, message] of cases) {
    const error = await importInto(url, from).catch((each: Error) => each)
    t.match(error, { message })
    t.notMatch(error, { message: /very-secret-word|\n/ })
  }
  await t.rejects(importInto(empty, lacking), /run `migrate`/)
})

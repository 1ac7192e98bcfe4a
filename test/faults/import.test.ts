/**
 * Moving a fleet in: it is served as it was there, whole after any number of kills, and readers of the feed are told all of it.
 * RESOURCES says how many there are: 20,000 are a fleet of a usual size, and take minutes.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { base } from '../application.ts'
import { createDatabase, execute } from '../databases.ts'
import { createReference } from '../imports/reference-database.ts'
import { env, feedFaults, rowsOf } from '../imports/target.ts'
import { launch, type Replica, serving, startReplica, temporaryFolder } from '../processes.ts'
import { generator, seed } from '../random.ts'
import { Story, type Told } from './feed/story.ts'

const RESOURCES = Number(process.env.RESOURCES ?? 1000)
const KILLS = 10
const fleet = { clusters: RESOURCES * 0.4, pools: RESOURCES * 0.5, channels: RESOURCES * 0.1 }
const plurals = ['clusters', 'nodepools', 'channels']

/** Starts the command; `url` is the database to import into. */
const start = (t: Test, url: string, ...flags: string[]) =>
  launch(t, 'hyperfleet-api', ['import', ...flags], { ...env, HYPERFLEET_DATABASE_URL: url })

async function run(t: Test, url: string, ...flags: string[]) {
  const { ended, output } = start(t, url, ...flags)
  return { code: await ended, text: output.stdout + output.stderr }
}

async function isClean(t: Test, url: string) {
  const { ended, output } = launch(t, 'hyperfleet-api', ['verify'], { ...env, HYPERFLEET_DATABASE_URL: url })
  t.equal(await ended, 0, output.stdout)
  t.strictSame(await feedFaults(url), [])
}

/** How many resources a database has. */
const countIn = async (url: string): Promise<number> =>
  (await execute(url, 'select count(*)::int as count from resources')).rows[0].count

async function get<Body>({ api }: Replica, path: string): Promise<Body> {
  const response = await fetch(`${api}${base}/${path}`)
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as Body
}

const time = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
/** The resources of the source as clients see them, without their conditions. */
const there = `
  select jsonb_strip_nulls(jsonb_build_object(
    'id', r.id, 'kind', r.kind, 'name', r.name, 'spec', r.spec, 'generation', r.generation,
    'created_time', ${time('r.created_time')}, 'updated_time', ${time('r.updated_time')},
    'deleted_time', ${time('r.deleted_time')}, 'created_by', r.created_by, 'updated_by', r.updated_by,
    'deleted_by', r.deleted_by, 'owner', r.owner_id,
    'labels', coalesce((select jsonb_object_agg(l.key, l.value) from resource_labels as l where l.resource_id = r.id), '{}'),
    'channel', (select f.target_id from resource_references as f where f.source_id = r.id),
    'reports', (
      select jsonb_agg(s.adapter || ' ' || s.observed_generation || ' ' || ${time('s.last_report_time')} order by s.adapter collate "C")
      from adapter_statuses as s where s.resource_id = r.id
    )
  )) as resource
  from resources as r`

type Item = Record<string, unknown> & { id: string }

/** A resource of a list, with its reports, in the form of `there`. */
function asThere(item: Item, reports: Record<string, string>[]) {
  const { href: _, status: __, tenancy: ___, owner_references, references, ...resource } = item
  const owner = (owner_references as { id: string } | undefined)?.id
  const channel = (references as { channel: { id: string }[] } | undefined)?.channel[0]?.id
  return {
    ...resource,
    ...(owner && { owner }),
    ...(channel && { channel }),
    ...(reports.length && {
      reports: reports
        .map((report) => `${report.adapter} ${report.observed_generation} ${report.last_report_time}`)
        .sort(),
    }),
  }
}

/** Compares all lists of a server, each `step`th resource by GET and its reports with the rows of the source. */
async function isServed(t: Test, server: Replica, from: string, step: number) {
  const rows = (await execute(from, there)).rows.map(({ resource }) => resource)
  const expected = new Map(rows.map((resource) => [resource.id, resource]))
  let seen = 0
  for (const plural of plurals)
    for (let page = 1; ; page++) {
      const list: { items: Item[] } = await get(server, `${plural}?size=500&page=${page}`)
      for (const item of list.items) {
        const { reports, ...resource } = expected.get(item.id) ?? {}
        t.same(asThere(item, []), resource, item.id)
        if (seen++ % step) continue
        t.same(await get(server, `${plural}/${item.id}`), item)
        if (plural === 'channels') continue
        const { items }: { items: Record<string, string>[] } = await get(
          server,
          `${plural}/${item.id}/statuses`,
        )
        t.same(asThere(item, items), { ...resource, ...(reports && { reports }) })
      }
      if (list.items.length < 500) break
    }
  t.equal(seen, rows.length)
}

/** Follows the feed from the first entry on, by long polls, until `end` is called and nothing is left. */
async function follow(server: Replica) {
  const story = new Story()
  let isOver = false
  let { next } = await get<{ next: string }>(server, 'changes')
  const done = (async () => {
    for (let count = 0; ; ) {
      const page: { items: Told[]; next: string } = await get(
        server,
        `changes?limit=1000&wait=1s&since=${next}`,
      )
      for (const entry of page.items) story.take(count++, entry, 'the reader')
      next = page.next
      if (isOver && !page.items.length) return story
    }
  })()
  return {
    end() {
      isOver = true
      return done
    },
  }
}

/** Runs the import of `total` resources, and kills it: when so many are there, or some time after the last. */
async function killed(t: Test, url: string, from: string, goal: number, total: number, pause: number) {
  const { child, ended } = start(t, url, '--from', from)
  let isOver = false
  ended.then(() => {
    isOver = true
  })
  while (!isOver && (await countIn(url)) < Math.min(goal, total)) await delay(5)
  if (goal >= total) await delay(pause)
  const wasAtWork = !isOver
  child.kill('SIGKILL')
  await ended
  return wasAtWork
}

t.test('a fleet moves in', async (t) => {
  const random = generator(seed)
  t.comment(`SEED=${seed}`)
  const total = fleet.clusters + fleet.pools + fleet.channels
  const from = await createReference('head', fleet)
  const url = await createDatabase(env)
  const report = join(await temporaryFolder(t), 'left-out.jsonl')
  const began = performance.now()
  const { code, text } = await run(t, url, '--from', from, '--report', report)
  t.comment(`${total} resources in ${((performance.now() - began) / 1000).toFixed(1)} s`)
  t.equal(code, 0, text)
  t.match(text, `${total} resources imported, 0 updated, 0 unchanged, 0 removed, 0 left out`)
  t.equal(readFileSync(report, 'utf8'), '')
  const whole = await rowsOf(url)
  await isClean(t, url)
  const server = await startReplica(t, { ...serving(url), ...env })
  await isServed(t, server, from, Math.ceil(RESOURCES / 100))

  const again = await run(t, url, '--from', from)
  t.match(again.text, `0 resources imported, 0 updated, ${total} unchanged, 0 removed, 0 left out; 0 reports`)
  t.strictSame(await rowsOf(url), whole, 'a second run changes nothing')

  const resumed = await createDatabase(env)
  const other = await startReplica(t, { ...serving(resumed), ...env })
  const reader = await follow(other)
  let hits = 0
  for (let kill = 1; kill <= KILLS; kill++) {
    // At a share of the rows that rises from kill to kill, or some time after them: the references, the second run.
    const goal = Math.floor((total * (kill - 1 + random(1000) / 1000)) / (KILLS - 1))
    if (await killed(t, resumed, from, goal, total, random(300))) hits++
  }
  t.ok(hits >= KILLS - 1, `${hits} kills hit a process that was at work`)
  const last = await run(t, resumed, '--from', from)
  t.equal(last.code, 0, last.text)
  t.strictSame(await rowsOf(resumed), whole, 'the same rows as without a kill')

  // The old API serves on: every tenth cluster is changed, every tenth marked with its pools, every tenth deleted, reports come.
  await execute(
    from,
    `create temporary table late as
      select id, (spec ->> 'number')::int % 10 as digit from resources where kind = 'Cluster' and deleted_time is null;
    update resources as r set spec = r.spec || '{"late": true}', generation = generation + 1, updated_time = now(), updated_by = 'late'
      from late where late.id = r.id and late.digit = 1;
    update resources as r set deleted_time = now(), deleted_by = 'late', generation = generation + 1, updated_time = now()
      from late where (late.id = r.id or late.id = r.owner_id) and late.digit = 2 and r.deleted_time is null;
    delete from resource_references where source_id in (select id from late where digit in (2, 3));
    delete from resources using late where late.id = owner_id and late.digit = 3;
    delete from resources using late where late.id = resources.id and late.digit = 3;
    delete from adapter_statuses where resource_id not in (select id from resources);
    update adapter_statuses as s set last_report_time = now(), conditions = jsonb_set(conditions, '{0,status}', '"False"')
      from late where late.id = s.resource_id and late.digit = 4 and s.adapter = 'dns'`,
  )
  for (let kill = 1; kill <= 3; kill++) {
    await killed(t, resumed, from, 0, 0, 1000 + random(2000))
  }
  const caught = await run(t, resumed, '--from', from)
  t.equal(caught.code, 0, caught.text)
  await isClean(t, resumed)
  await isServed(t, other, from, Math.ceil(RESOURCES / 100))
  const still = await run(t, resumed, '--from', from)
  t.match(still.text, /0 resources imported, 0 updated, \d+ unchanged, 0 removed, 0 left out; 0 reports/)

  const story = await reader.end()
  story.compare(
    (await execute(resumed, 'select resource_id as id, version, type from changes order by seq')).rows,
  )
  t.strictSame(story.faults, [])
  t.ok(story.length > total, `${story.length} entries`)
})

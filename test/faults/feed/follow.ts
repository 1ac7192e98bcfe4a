/** Has many callers write and many readers follow the feed of changes, while servers and PostgreSQL are killed, and a standby takes over. */
import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { base, conditions } from '../../application.ts'
import { execute } from '../../databases.ts'
import { type Environment, type Replica, root, type Scope, startReplica } from '../../processes.ts'
import { streaming, synchronize } from '../../streaming.ts'
import { furnish, settingsFor, unsynced } from '../attack/stage.ts'
import { type Reader, startReader } from './readers.ts'
import { Archive, Story } from './story.ts'

/** How much is done. */
export interface Plan {
  changes: number
  writers: number
  /** Half of them read streams, half of them long polls. */
  readers: number
  /** How many resources the seed adds at a time, again and again, in transactions of 500; 0: none. */
  seeded: number
  /** How many times each is done in all, in even distances by changes; in the middle, the synchronous standby takes over. */
  serverKills: number
  databaseKills: number
  prunes: number
  below(bound: number): number
  log(line: string): void
}

/** What came of it. */
export interface Outcome {
  changes: number
  /** How many entries the readers were told in all, those that they forgot again left out. */
  told: number
  pruned: number
  resumed: number
  openWrites: number
  seconds: number
  /** The milliseconds from the time of an entry until the first reader had it, of some. */
  delays: number[]
  faults: string[]
  /** Where the database is, while the scope lasts. */
  url: string
}

const SERVERS = 2
/** After how many looks at the readers, ten a second, their progress is told. */
const LOOKS = 100
/** How many resources each writer has, before it removes one for each that it creates. */
const OWN = 50
/** A resource that the seed adds has an entry of its creation, and of the reports of two adapters. */
const ENTRIES_PER_SEEDED = 3

export async function follow(scope: Scope, plan: Plan): Promise<Outcome> {
  const { below } = plan
  const { primary, takeOver } = await streaming(scope, unsynced)
  let database = primary
  const { url } = primary
  await furnish(url)
  await synchronize(primary)
  // The journal of the other faults would slow writes down.
  await execute(url, 'drop trigger journal on resources; drop trigger journal on adapter_statuses')
  const env = {
    ...settingsFor(url),
    HYPERFLEET_DATABASE_POOL_MAX_CONNECTIONS: '20',
    HYPERFLEET_SERVER_TIMEOUTS_WRITE: '4s',
    // The programs of a run share a machine: a server that is behind is to go on.
    HYPERFLEET_SERVER_MAX_EVENT_LOOP_DELAY: '1m',
  }
  const servers: Replica[] = []
  for (let count = 0; count < SERVERS; count++) servers.push(await startReplica(scope, env))
  const api = () => servers[below(SERVERS)]?.api ?? ''
  const since = await firstToken(api())
  const archive = new Archive(url)
  await archive.begin()
  const story = new Story()
  const began = performance.now()
  let isWriting = true
  let total = Number.POSITIVE_INFINITY
  let pruned = 0
  const reading = { api, story, since, below, total: () => total }
  const readers = Array.from({ length: plan.readers }, (_, index) =>
    startReader(`reader ${index}`, index % 2 === 0, reading),
  )
  const writing = Array.from({ length: plan.writers }, (_, index) =>
    write(index, api, below, () => isWriting),
  )
  const open = holdOpen(url, below, () => isWriting)
  // No faster than entries are read: at the end, little is left to be read.
  const isDue = (runs: number) => story.length >= runs * plan.seeded * ENTRIES_PER_SEEDED
  const seeding = addMany(env, plan.seeded, isDue, () => isWriting)

  const steps = [
    ...spread(plan.changes, plan.serverKills, async (index) => {
      servers[index % SERVERS]?.child.kill('SIGKILL')
      servers[index % SERVERS] = await startReplica(scope, env)
    }),
    ...spread(plan.changes, plan.databaseKills, async () => {
      await database.kill()
      await database.start()
    }),
    ...spread(plan.changes, 1, async () => {
      database = await takeOver()
    }),
    ...spread(plan.changes, plan.prunes, async () => {
      pruned += await archive.drop(Math.min(...readers.map(({ dealtWith }) => dealtWith)))
    }),
  ].sort((one, other) => one.at - other.at)
  const takeSteps = async () => {
    for (let look = 1; story.length < plan.changes; look++) {
      if (look % LOOKS === 0) plan.log(`${story.length} changes`)
      await Promise.race([sleep(100), ...readers.map(({ done }) => done)])
      while (steps[0] && steps[0].at <= story.length) {
        await steps.shift()?.work()
        plan.log(`${story.length} changes, ${steps.length} steps left`)
      }
    }
  }
  await takeSteps().catch((error) => {
    isWriting = false
    total = 0
    throw error
  })
  isWriting = false
  await Promise.all([...writing, seeding])
  const openWrites = await open
  const written = await archive.all()
  total = written.length
  await Promise.all(readers.map(({ done }) => done))
  story.compare(written)
  return {
    changes: written.length,
    told: readers.reduce((sum, { dealtWith }) => sum + dealtWith, 0),
    pruned,
    resumed: readers.reduce((sum, { resumed }: Reader) => sum + resumed, 0),
    openWrites,
    seconds: (performance.now() - began) / 1000,
    delays: story.delays,
    faults: story.faults,
    url,
  }
}

/** So many steps, in even distances up to a number of changes. */
const spread = (changes: number, count: number, work: (index: number) => Promise<void>) =>
  Array.from({ length: count }, (_, index) => ({
    at: Math.floor((changes * (index + 1)) / (count + 1)),
    work: () => work(index),
  }))

async function firstToken(api: string): Promise<string> {
  const answer = (await (await fetch(`${api}${base}/changes`)).json()) as { next: string }
  return answer.next
}

/** Creates, changes, reports and removes, whatever is answered. */
async function write(
  index: number,
  api: () => string,
  below: (bound: number) => number,
  isGoingOn: () => boolean,
) {
  const own: string[] = []
  const call = async (method: string, path: string, body: object) => {
    try {
      const answer = await fetch(`${api()}${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      const text = await answer.text()
      if (answer.status >= 500) await sleep(RETRY_MS)
      return answer.ok && text ? (JSON.parse(text) as { href: string }) : undefined
    } catch {
      await sleep(RETRY_MS)
      return undefined
    }
  }
  for (let count = 0; isGoingOn(); count++) {
    const at = below(own.length || 1)
    const href = own[at]
    const choice = below(10)
    if (!href || (own.length < OWN && choice === 0)) {
      const made = await call('POST', `${base}/clusters`, {
        kind: 'Cluster',
        name: `w${index}-${count}`,
        spec: {},
      })
      if (made) own.push(made.href)
    } else if (choice < 5) await call('PATCH', href, { labels: { count: String(count) } })
    else if (choice < 7) await call('PATCH', href, { spec: { count } })
    else if (choice < 9 || own.length < OWN)
      await call('PUT', `${href}/statuses`, {
        adapter: ['validation', 'dns'][below(2)],
        observed_generation: 1,
        observed_time: new Date(Date.UTC(2026, 2, 10) + count * 10).toISOString(),
        conditions: conditions(below(2) ? 'True' : 'False'),
      })
    else {
      own.splice(at, 1)
      await call('DELETE', href, {})
      await call('POST', `${href}/force-delete`, { reason: 'a test' })
    }
  }
}

const RETRY_MS = 20

/** Adds resources by the seed again and again, whenever `isDue` after so many runs. */
async function addMany(
  env: Environment,
  count: number,
  isDue: (runs: number) => boolean,
  isGoingOn: () => boolean,
): Promise<void> {
  const args = [
    '--import',
    'tsx',
    'commands/seed.ts',
    '--clusters',
    `${count}`,
    '--node-pools',
    '0',
    '--unreconciled',
    '0',
  ]
  for (let runs = 0; count && isGoingOn(); runs++) {
    // It may have lost the database.
    await promisify(execFile)(process.execPath, args, {
      cwd: root,
      env: { PATH: process.env.PATH, ...env },
    }).catch(() => sleep(RETRY_MS))
    while (!isDue(runs) && isGoingOn()) await sleep(RETRY_MS)
  }
}

/** Holds inserts open in transactions of their own, idle, and commits or rolls them back; returns how many. */
async function holdOpen(
  url: string,
  below: (bound: number) => number,
  isGoingOn: () => boolean,
): Promise<number> {
  let count = 0
  while (isGoingOn()) {
    const session = new pg.Client({ connectionString: url })
    session.on('error', () => {})
    try {
      await session.connect()
      await session.query('begin')
      await session.query(
        `select create_resource('Cluster', null, '{"name":"open-${count}-${below(1e9)}","spec":{}}', 'me', '{}', '')`,
      )
      await sleep(below(400))
      await session.query(below(2) ? 'commit' : 'rollback')
      count++
    } catch {
      // PostgreSQL has been killed meanwhile.
      await sleep(RETRY_MS)
    } finally {
      await session.end().catch(() => {})
    }
    await sleep(below(1000))
  }
  return count
}

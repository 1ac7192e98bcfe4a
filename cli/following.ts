/** Commands that wait for changes: wait, watch. */
import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { ApiError, isTransient } from './api-client.ts'
import type { Kind } from './discovery.ts'
import { toJson } from './exact-values.ts'
import { CliError } from './exit-codes.ts'
import { Backoff, type Change, follow, readChanges } from './feed.ts'
import { nameOf } from './printer.ts'
import { searchOf } from './reading.ts'
import { ANY_KIND, type Flags, inSearch, itemAt, params, type Resource, type Session } from './session.ts'

/** How long one request waits for a change. */
const WAIT_S = 30

/** How long to wait between two looks at a server without a feed of changes. */
const POLL_MS = 1000

interface WaitFlags extends Flags {
  for: string
  timeout: string
}

/** A state to wait for: whether a resource has it, or undefined once it is gone. */
interface Goal {
  text: string
  isMet(resource: Resource): boolean
  isDeletion: boolean
}

function goalOf(text: string): Goal {
  if (text === 'delete') return { text: 'removed', isMet: () => false, isDeletion: true }
  const [, type, status = 'True'] = /^condition=([^=]+)(?:=(.+))?$/.exec(text) ?? []
  if (!type) throw new CliError('--for is condition=TYPE, condition=TYPE=STATUS or delete', 'usage')
  return {
    text: `${type}=${status}`,
    isMet: ({ status: { conditions } }) =>
      conditions.some((each) => each.type === type && each.status === status),
    isDeletion: false,
  }
}

/** A duration such as 90s, 10m or 2h, in milliseconds. */
export function milliseconds(text: string): number {
  const [, count, unit = 's'] = /^(\d{1,9})(ms|s|m|h)?$/.exec(text) ?? []
  if (count === undefined) throw new CliError(`${text} is no duration such as 90s, 10m or 2h`, 'usage')
  return Number(count) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit as 's']
}

/** `wait KIND NAME… --for STATE`: returns when all of them have the state. It survives restarts of the server. */
export async function wait(session: Session, words: string[], flags: WaitFlags): Promise<void> {
  const goal = goalOf(flags.for)
  const deadline = Date.now() + milliseconds(flags.timeout)
  for (const resource of await resourcesFor(session, words, goal, deadline)) {
    await waitFor(session, resource, goal, deadline)
    console.log(`${nameOf(resource)} ${goal.text}`)
  }
}

/** The resources to wait for; of a deletion, one that is not there any more is none to wait for. */
async function resourcesFor(
  session: Session,
  words: string[],
  { isDeletion }: Goal,
  deadline: number,
): Promise<Resource[]> {
  const backoff = new Backoff()
  for (;;) {
    try {
      return await session.resources(words)
    } catch (error) {
      if (isDeletion && error instanceof CliError && error.outcome === 'not found') return []
      if (!isTransient(error) || Date.now() >= deadline) throw error
      await backoff.wait(error, deadline)
    }
  }
}

/** Looks at the resource after each of its changes, until it has the state. */
async function waitFor(session: Session, resource: Resource, goal: Goal, deadline: number): Promise<void> {
  const hasFeed = (await session.discovery()).has('changes.list')
  const query = { kind: resource.kind }
  const backoff = new Backoff()
  let token: string | undefined
  for (let isDue = true; ; ) {
    try {
      // The place is asked for before the resource, so that no change falls between the two.
      if (hasFeed) token ??= (await readChanges(session.api, query, undefined)).next
      if (isDue && (await isReached(session, resource, goal))) return
      const leftMs = deadline - Date.now()
      if (leftMs <= 0) throw new CliError(`${nameOf(resource)} is not ${goal.text} in time`, 'timeout')
      if (token === undefined) await delay(Math.min(POLL_MS, leftMs))
      else {
        isDue = false
        const waitS = Math.max(1, Math.min(WAIT_S, Math.ceil(leftMs / 1000)))
        const { items, next } = await readChanges(session.api, query, token, waitS)
        token = next
        isDue = items.some(({ id }) => id === resource.id)
      }
      backoff.reset()
    } catch (error) {
      if (error instanceof ApiError && error.status === 410) {
        token = undefined
        isDue = true
      } else if (isTransient(error) && Date.now() < deadline) await backoff.wait(error, deadline)
      else throw error
    }
  }
}

async function isReached(session: Session, { href }: Resource, goal: Goal): Promise<boolean> {
  try {
    const { data } = await session.api.GET(itemAt(href), { params: params() })
    return goal.isMet(data as Resource)
  } catch (error) {
    if (goal.isDeletion && error instanceof ApiError && error.code === 'HYPERFLEET-NTF-001') return true
    throw error
  }
}

interface WatchFlags extends Flags {
  search?: string
  label?: string[]
  since?: string
  count?: number
}

/** `watch [KIND [NAME]]`: a line for each change as it happens. A server without a feed is listed again and again. */
export async function watch(session: Session, words: string[], flags: WatchFlags): Promise<void> {
  if (!['table', 'wide', 'json'].includes(flags.output ?? 'table'))
    throw new CliError('watch prints lines, or with -o json objects', 'usage')
  const discovery = await session.discovery()
  const [target] = words.length ? await session.targets(words) : []
  const resource = target?.names.length ? await session.resource(words) : undefined
  let left = flags.count ?? Infinity
  const show = (change: Change) => {
    tellChange(change, flags)
    return --left > 0
  }
  if (discovery.has('changes.list')) {
    await watchFeed(session, target?.kind, resource, flags, show)
    return
  }
  if (!target || flags.since !== undefined)
    throw new CliError(
      'this server has no feed of changes: it is of an older release, and one kind can be watched',
      'usage',
    )
  console.error('this server has no feed of changes: it is listed every second')
  const search = resource ? `id = ${inSearch(resource.id)}` : searchOf(flags)
  await watchByLists(session, await session.listPath(target.kind, await session.parent()), search, show)
}

async function watchFeed(
  session: Session,
  kind: Kind | undefined,
  resource: Resource | undefined,
  flags: WatchFlags,
  show: (change: Change) => boolean,
): Promise<void> {
  const parent = await session.parent()
  const search = searchOf(flags)
  const query = {
    ...(kind && { kind: kind.kind }),
    ...(search !== undefined && { search }),
    fields: ['name' as const],
  }
  // With a search, the feed tells of each resource that it does not match: of interest are those that did before.
  const matching = new Set<string>()
  let since = flags.since
  if (search !== undefined && since === undefined) {
    // The token of a list may be older than the list: a change from before would be told.
    since = (await readChanges(session.api, query, undefined)).next
    const { items } = await session.list(kind ? await session.listPath(kind) : ANY_KIND, { search })
    for (const { id } of items) matching.add(id)
  }
  const isTold = ({ id, owner_id, left }: Change) =>
    (!resource || id === resource.id) &&
    (!parent || owner_id === parent.id) &&
    (!left || matching.delete(id) || flags.since !== undefined)
  const take = (change: Change) => {
    if (!isTold(change)) return true
    if (search !== undefined && change.type !== 'removed') matching.add(change.id)
    return show(change)
  }
  await follow(session.api, query, since, take, ({ message }) =>
    console.error(`${message}\nchanges may have been missed; watching from now on`),
  )
}

/** Tells the differences of a list and the one before. */
async function watchByLists(
  session: Session,
  path: string,
  search: string | undefined,
  show: (change: Change) => boolean,
): Promise<void> {
  const backoff = new Backoff()
  for (let known: Map<string, Resource> | undefined; ; ) {
    try {
      const { items } = await session.list(path, { search })
      const present = new Map(items.map((item) => [item.id, item]))
      for (const change of known ? differences(known, present) : []) if (!show(change)) return
      known = present
      backoff.reset()
      await delay(POLL_MS)
    } catch (error) {
      if (!isTransient(error)) throw error
      await backoff.wait(error)
    }
  }
}

function differences(known: Map<string, Resource>, present: Map<string, Resource>): Change[] {
  const entry = (resource: Resource, type: Change['type'], changed: string[]) =>
    ({
      type,
      time: new Date().toISOString(),
      kind: resource.kind,
      id: resource.id,
      generation: resource.generation,
      changed,
      resource: { id: resource.id, name: resource.name },
    }) as unknown as Change
  const changes: Change[] = []
  for (const [id, resource] of present) {
    const former = known.get(id)
    if (!former) changes.push(entry(resource, 'created', []))
    else if (!isDeepStrictEqual(former, resource)) {
      const keys = Object.keys({ ...former, ...resource }) as (keyof Resource)[]
      const changed = keys.filter((key) => !isDeepStrictEqual(former[key], resource[key]))
      const isReport = changed.every((key) => key === 'status')
      const isMark = changed.includes('deleted_time')
      changes.push(entry(resource, isMark ? 'marked' : isReport ? 'reported' : 'changed', changed))
    }
  }
  for (const [id, resource] of known) if (!present.has(id)) changes.push(entry(resource, 'removed', []))
  return changes
}

/** One line of a change; with a format of programs, one line of JSON. */
function tellChange(change: Change, { output }: WatchFlags): void {
  if (output === 'json') {
    console.log(toJson(change))
    return
  }
  const { time = '', type, kind, id, generation, caller, adapter, changed, resource } = change
  const name = String((resource as { name?: string } | undefined)?.name ?? id)
  const by = caller ?? adapter
  console.log(
    [
      time || '-',
      change.left ? 'left' : type,
      `${kind.toLowerCase()}/${name}`,
      `generation=${generation}`,
      ...(by ? [`by=${by}`] : []),
      ...(changed?.length ? [changed.join(',')] : []),
    ].join('  '),
  )
}

/** Commands with many writes: batch, import. */
import { SingleBar } from 'cli-progress'
import type { components } from '../generated/openapi.d.ts'
import { ApiError } from './api-client.ts'
import { parseYaml } from './exact-values.ts'
import { CliError } from './exit-codes.ts'
import { isObject, type Manifest, readManifests, textOf } from './manifests.ts'
import { print } from './printer.ts'
import type { Flags, Resource, Session } from './session.ts'
import { createResource, findLive, parentOf, writeQuery } from './writing.ts'

/** A bar on the terminal; none where the standard error is no terminal. */
function progress(total: number, what: string): { step(done: number): void; stop(): void } {
  if (!process.stderr.isTTY || total < 2) return { step() {}, stop() {} }
  const bar = new SingleBar({
    stream: process.stderr,
    format: `{bar} {percentage} % | {value} of {total} ${what} | {eta} s left`,
  })
  bar.start(total, 0)
  return { step: (done) => bar.update(done), stop: () => bar.stop() }
}

type Schemas = components['schemas']
type Operation = Schemas['BatchOperation']
type Result = Schemas['BatchResult']

const BASE = '/api/hyperfleet/v1'
const BATCH = `${BASE}/batch`

/** How many operations a request has: a bar moves with each, and one of them is soon answered. */
const CHUNK = 100

interface BatchFlags extends Flags {
  filename: string
  atomic?: boolean
  dryRun?: boolean
}

/**
 * `batch -f FILE`: does the operations of a file, as one transaction with --atomic. On a server without batches each is a
 * request of its own. Ends with 1 where one has failed.
 */
export async function batch(session: Session, _words: string[], flags: BatchFlags): Promise<void> {
  const { operations, isAtomic } = readBatch(flags)
  const hasBatch = (await session.discovery()).hasPath(BATCH)
  if (isAtomic && !hasBatch)
    throw new CliError(
      'this server has no batches, so that nothing can be done as a whole: it is of an older release',
    )
  const size = isAtomic ? operations.length : hasBatch ? CHUNK : 1
  const bar = progress(operations.length, 'operations')
  const results: Result[] = []
  try {
    while (results.length < operations.length) {
      const next = operations.slice(results.length, results.length + size)
      results.push(
        ...(hasBatch
          ? await sendBatch(session, next, isAtomic, flags)
          : await sendAlone(session, next, flags)),
      )
      bar.step(results.length)
    }
  } finally {
    bar.stop()
  }
  const rows = results.map((result, at) => ({ ...operations[at], ...result, at }))
  print(
    {
      value: { results },
      rows,
      columns: [
        { title: 'OPERATION', text: ({ at }) => at },
        { title: 'STATUS', text: ({ status }) => status },
        { title: 'METHOD', text: ({ method }) => method },
        { title: 'PATH', text: ({ path }) => path },
        { title: 'ERROR', text: ({ status, body }) => (status < 400 ? '' : problemIn(body)) },
      ],
    },
    flags.output,
  )
  if (results.some(({ status }) => status >= 400)) process.exitCode = 1
}

const problemIn = (body: unknown) =>
  isObject(body) ? `${body.code ?? ''} ${body.detail ?? body.title ?? ''}` : ''

function readBatch({ filename, atomic }: BatchFlags): { operations: Operation[]; isAtomic: boolean } {
  const values = parseYaml(textOf(filename), filename)
  const [only] = values
  const isWhole = values.length === 1 && isObject(only) && Array.isArray(only.operations)
  const operations = (isWhole ? (only.operations as unknown[]) : values.flat()) as Operation[]
  const wrong = operations.findIndex((each) => !isObject(each) || !each.method || !each.path)
  if (wrong >= 0 || !operations.length)
    throw new CliError(`${filename}: operation ${Math.max(wrong, 0)} must have method and path`, 'usage')
  return { operations, isAtomic: atomic ?? (isWhole && only.atomic === true) }
}

async function sendBatch(
  session: Session,
  operations: Operation[],
  atomic: boolean,
  flags: BatchFlags,
): Promise<Result[]> {
  const init = { params: await writeQuery(session, flags, 'batch.write'), body: { atomic, operations } }
  const { data } = await session.api.POST(BATCH, init)
  return (data as Schemas['BatchResults']).results
}

/** One request for each operation; one that the server refuses has its problem as its result. */
async function sendAlone(session: Session, operations: Operation[], flags: BatchFlags): Promise<Result[]> {
  const results: Result[] = []
  for (const { method, path, headers, body } of operations) {
    const init = {
      params: await writeQuery(session, flags, 'resources.create'),
      ...(headers && { headers }),
      ...(body !== undefined && { body }),
    }
    const target = path.startsWith(BASE) ? path : `${BASE}${path}`
    try {
      const { data, response } = await session.api.request(
        method.toLowerCase() as 'post',
        target as never,
        init as never,
      )
      results.push({ status: response.status, headers: Object.fromEntries(response.headers), body: data })
    } catch (error) {
      if (!(error instanceof ApiError) || error.outcome === 'unavailable') throw error
      results.push({ status: error.status, headers: {}, body: error.problem })
    }
  }
  return results
}

interface ImportFlags extends Flags {
  filename: string[]
}

/**
 * `import -f FILE`: creates the resources of an export (`list -o json`) that are not there yet, those that others stand on first. The
 * server gives them ids of its own; parents and references within the export lead to the new ones. Marked resources are left out.
 */
export async function importResources(session: Session, _words: string[], flags: ImportFlags): Promise<void> {
  let waiting = readManifests(flags.filename).filter(({ deleted_time }) => !deleted_time)
  const own = new Set(waiting.map(({ id }) => id))
  const newIds = new Map<string, Resource>()
  const counts = { created: 0, present: 0 }
  const bar = progress(waiting.length, 'resources')
  try {
    while (waiting.length) {
      const isReady = (manifest: Manifest) => needs(manifest).every((id) => !own.has(id) || newIds.has(id))
      const ready = waiting.filter(isReady)
      const [first] = waiting
      if (!ready.length)
        throw new CliError(
          `${waiting.length} resources of the file need each other, such as ${first?.kind} ${first?.name}`,
        )
      // Before the first is made, so that what becomes ready by it waits for the next round.
      waiting = waiting.filter((manifest) => !isReady(manifest))
      for (const manifest of ready) {
        counts[await importOne(session, manifest, newIds)]++
        bar.step(counts.created + counts.present)
      }
    }
  } finally {
    bar.stop()
    console.log(`${counts.created} created, ${counts.present} already there`)
  }
}

/** Creates a resource unless there is one of its name, and notes it under its former id. */
async function importOne(session: Session, manifest: Manifest, newIds: Map<string, Resource>) {
  const moved = withNewIds(manifest, newIds)
  const kind = (await session.discovery()).kindOf(manifest.kind)
  const parent = newIds.get(manifest.owner_references?.id ?? '') ?? (await parentOf(session, moved))
  const present = await findLive(session, kind, manifest.name, parent)
  const resource = present ?? (await createResource(session, kind, moved, parent))
  if (manifest.id) newIds.set(manifest.id, resource)
  return present ? 'present' : 'created'
}

/** The ids that a resource needs: of its parent, and of those that it refers to. */
function needs({ owner_references: owner, references }: Manifest): string[] {
  const targets = Object.values(references ?? {}).flat()
  return [...(owner?.id ? [owner.id] : []), ...targets.map(({ id }) => id)]
}

function withNewIds(manifest: Manifest, newIds: Map<string, Resource>): Manifest {
  const { references } = manifest
  if (!references) return manifest
  const moved = Object.entries(references).map(([type, targets]) => [
    type,
    targets.map((target) => ({ ...target, id: newIds.get(target.id)?.id ?? target.id })),
  ])
  return { ...manifest, references: Object.fromEntries(moved) }
}

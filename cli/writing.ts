/** Commands that write resources: create, apply, patch, edit, delete, force-delete. */
import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { ApiError, isTransient } from './api-client.ts'
import type { Kind } from './discovery.ts'
import { parseYaml, toYaml } from './exact-values.ts'
import { CliError, Printed } from './exit-codes.ts'
import { isObject, type Manifest, readManifests, textOf } from './manifests.ts'
import { merged, mergePatch } from './merge-patch.ts'
import { pairIn } from './pairs.ts'
import { nameOf, print, resourcesShown } from './printer.ts'
import { type Flags, itemAt, listAt, params, type Resource, type Session } from './session.ts'

interface WriteFlags extends Flags {
  dryRun?: boolean
}

const MERGE_PATCH = { 'Content-Type': 'application/merge-patch+json' }

/** How often a create is sent: with its key, it is done once. */
const ATTEMPTS = 3

/** The query of a write. A server that does not know dry runs would write: it is not asked. */
export async function writeQuery(session: Session, { dryRun }: WriteFlags, operation: string) {
  if (!dryRun) return {}
  if (!(await session.discovery()).takes('dry_run', operation))
    throw new CliError('this server has no dry runs: it is of an older release')
  return { query: { dry_run: true } }
}

/** Tells of a write in one line, or prints the resource where a format is given. */
function tell(resource: Resource, done: string, { output, dryRun }: WriteFlags): void {
  if (output) print(resourcesShown([resource], resource), output)
  else console.log(`${resource.kind.toLowerCase()}/${resource.name} ${done}${dryRun ? ' (dry run)' : ''}`)
}

/** The members of a create. */
const bodyOf = ({ name, labels, spec, references }: Manifest, { kind }: Kind) => ({
  kind: kind as 'Cluster',
  name,
  spec: spec ?? {},
  ...(labels && { labels }),
  ...(references && {
    references: Object.fromEntries(
      Object.entries(references).map(([type, targets]) => [
        type,
        targets.map(({ id, kind: target }) => ({ id, ...(target !== undefined && { kind: target }) })),
      ]),
    ),
  }),
})

/** Creates a resource; sent again with its key where the answer is lost, it is created once. */
export async function createResource(
  session: Session,
  kind: Kind,
  manifest: Manifest,
  parent: Resource | undefined,
  flags: WriteFlags = {},
): Promise<Resource> {
  const path = parent || !kind.parent ? await session.listPath(kind, parent) : undefined
  if (!path) throw new CliError(`a ${kind.kind} is created below a ${kind.parent}: give --parent`, 'usage')
  const header = { 'Idempotency-Key': randomUUID() }
  const query = await writeQuery(session, flags, 'resources.create')
  for (let attempt = 1; ; attempt++) {
    try {
      const { data } = await session.api.POST(listAt(path), {
        params: { header, ...query },
        body: bodyOf(manifest, kind) as never,
      })
      return data as Resource
    } catch (error) {
      if (!isTransient(error) || attempt === ATTEMPTS) throw error
      await delay(200 * attempt)
    }
  }
}

/** The parent of a manifest: the one that it names, or that of --parent. */
export async function parentOf(
  session: Session,
  { owner_references: owner }: Manifest,
): Promise<Resource | undefined> {
  if (!owner) return session.parent()
  const name = owner.name ?? owner.id
  if (!name) throw new CliError('owner_references must have a kind, and an id or a name', 'usage')
  return session.find((await session.discovery()).kindOf(owner.kind), name)
}

/** What a resource is to have, by flags. */
interface Wanted {
  label?: string[]
  spec?: string
}

interface CreateFlags extends WriteFlags, Wanted {
  filename?: string[]
}

/** `create KIND NAME` or `create -f FILE`. */
export async function create(
  session: Session,
  [kindName, name]: string[],
  flags: CreateFlags,
): Promise<void> {
  const discovery = await session.discovery()
  if (!flags.filename && !(kindName && name))
    throw new CliError('create takes KIND NAME, or -f FILE', 'usage')
  const manifests: Manifest[] = flags.filename
    ? readManifests(flags.filename)
    : [{ kind: kindName ?? '', name: name ?? '', ...given(flags) }]
  await forEach(manifests, async (manifest) => {
    const kind = discovery.kindOf(manifest.kind)
    tell(
      await createResource(session, kind, manifest, await parentOf(session, manifest), flags),
      'created',
      flags,
    )
  })
}

/** The spec and the labels of flags. */
function given({ spec, label }: Wanted): Pick<Manifest, 'spec' | 'labels'> {
  return {
    ...(spec !== undefined && { spec: objectIn(spec, '--spec') }),
    ...(label && {
      labels: Object.fromEntries(label.map((pair) => pairIn(pair, '--label'))),
    }),
  }
}

/** An object in JSON or YAML. */
function objectIn(text: string, source: string): Record<string, unknown> {
  const [value, ...more] = parseYaml(text, source)
  if (!isObject(value) || more.length)
    throw new CliError(`${source} must be one object, as JSON or YAML`, 'usage')
  return value
}

/** Does the same with each; with --curl each prints its first request. */
async function forEach<Item>(items: Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (const item of items) {
    try {
      await work(item)
    } catch (error) {
      if (!(error instanceof Printed)) throw error
    }
  }
}

interface ApplyFlags extends WriteFlags {
  filename: string[]
  replace?: boolean
}

/** `apply -f FILE`: creates what is missing, and changes what differs from the file. */
export async function apply(session: Session, _words: string[], flags: ApplyFlags): Promise<void> {
  await forEach(readManifests(flags.filename), async (manifest) => {
    const kind = (await session.discovery()).kindOf(manifest.kind)
    const parent = await parentOf(session, manifest).catch((error) => {
      if (flags.dryRun && error instanceof CliError && error.outcome === 'not found')
        return 'missing' as const
      throw error
    })
    if (parent === 'missing') {
      const name = `${kind.kind.toLowerCase()}/${manifest.name}`
      console.log(`${name} created (dry run, unchecked: its parent is not there yet)`)
    } else await applyOne(session, kind, manifest, parent, flags)
  })
}

async function applyOne(
  session: Session,
  kind: Kind,
  manifest: Manifest,
  parent: Resource | undefined,
  flags: ApplyFlags,
): Promise<void> {
  const present = await findLive(session, kind, manifest.name, parent)
  if (!present) {
    tell(await createResource(session, kind, manifest, parent, flags), 'created', flags)
    return
  }
  const patch = flags.replace ? replacing(present, manifest) : merging(present, manifest)
  if (!patch) {
    tell(present, 'unchanged', flags)
    return
  }
  const { data } = await session.api.PATCH(itemAt(present.href), {
    params: params(await writeQuery(session, flags, 'resources.patch')),
    headers: flags.replace ? {} : MERGE_PATCH,
    body: patch as never,
  })
  tell(data as Resource, 'configured', flags)
}

/** The resource of a name, if there is one that is not marked for deletion. */
export async function findLive(session: Session, kind: Kind, name: string, parent?: Resource) {
  try {
    const found = await session.find(kind, name, parent)
    return found.deleted_time ? undefined : found
  } catch (error) {
    if (error instanceof CliError && error.outcome === 'not found') return undefined
    throw error
  }
}

/** The merge patch that a manifest is, unless the resource has all of it. */
function merging(present: Resource, { spec, labels, references }: Manifest) {
  const isThere =
    isDeepStrictEqual(merged(present.spec, spec ?? {}), present.spec) &&
    isDeepStrictEqual(merged(present.labels, labels ?? {}), present.labels) &&
    Object.entries(references ?? {}).every(([type, targets]) =>
      isDeepStrictEqual(idsOf(targets), idsOf(present.references?.[type])),
    )
  return isThere
    ? undefined
    : { ...(spec && { spec }), ...(labels && { labels }), ...(references && { references }) }
}

/** The patch that gives a resource the spec and the labels of a manifest and no others, unless it has them. */
function replacing(present: Resource, manifest: Manifest) {
  const { spec = {}, labels = {}, references } = manifest
  const isSame =
    isDeepStrictEqual(present.spec, spec) && isDeepStrictEqual(present.labels, labels) && !references
  return isSame ? undefined : { spec, labels, ...(references && { references }) }
}

const idsOf = (targets: { id?: string }[] | null | undefined) => (targets ?? []).map(({ id }) => id).sort()

interface PatchFlags extends WriteFlags, Wanted {
  patch?: string
  patchFile?: string
  replace?: boolean
  ifMatch?: string
}

/** `patch KIND NAME --patch PATCH`, or with the members in --spec and --label: a merge patch, or with --replace whole members. */
export async function patch(session: Session, words: string[], flags: PatchFlags): Promise<void> {
  const text = flags.patch ?? (flags.patchFile === undefined ? undefined : textOf(flags.patchFile))
  const body = text === undefined ? given(flags) : objectIn(text, 'the patch')
  if (text === undefined && !Object.keys(body).length)
    throw new CliError(
      'patch takes --patch PATCH, --patch-file FILE, --spec SPEC or --label KEY=VALUE',
      'usage',
    )
  await forEach(await session.resources(words), async ({ href }) => {
    const { data } = await session.api.PATCH(itemAt(href), {
      params: params({
        ...(await writeQuery(session, flags, 'resources.patch')),
        ...(flags.ifMatch !== undefined && { header: { 'If-Match': flags.ifMatch } }),
      }),
      headers: flags.replace ? {} : MERGE_PATCH,
      body: body as never,
    })
    tell(data as Resource, 'patched', flags)
  })
}

interface DeleteFlags extends WriteFlags {
  filename?: string[]
  ifMatch?: string
}

/** `delete KIND NAME…` or `delete -f FILE`: marks resources for deletion, with all below them. */
export async function remove(session: Session, words: string[], flags: DeleteFlags): Promise<void> {
  const discovery = await session.discovery()
  const named: Resource[] = []
  if (!flags.filename) named.push(...(await session.resources(words)))
  else
    for (const manifest of readManifests(flags.filename))
      named.push(
        await session.find(discovery.kindOf(manifest.kind), manifest.name, await parentOf(session, manifest)),
      )
  await forEach(named, async ({ href }) => {
    const { data } = await session.api.DELETE(itemAt(href), {
      params: params({
        ...(await writeQuery(session, flags, 'resources.delete')),
        ...(flags.ifMatch !== undefined && { header: { 'If-Match': flags.ifMatch } }),
      }),
    })
    tell(data as Resource, 'marked for deletion', flags)
  })
}

interface ForceFlags extends WriteFlags {
  reason: string
}

/** `force-delete KIND NAME… --reason TEXT`: removes marked resources without waiting for adapters. */
export async function forceDelete(session: Session, words: string[], flags: ForceFlags): Promise<void> {
  await forEach(await session.resources(words), async (resource) => {
    await session.api.POST(itemAt(resource.href, '/force-delete'), {
      params: params(await writeQuery(session, flags, 'resources.forceDelete')),
      body: { reason: flags.reason },
    })
    console.log(`${nameOf(resource)} removed${flags.dryRun ? ' (dry run)' : ''}`)
  })
}

const EDITED = ['labels', 'spec', 'references'] as const

/** `edit KIND NAME`: changes a resource in an editor. A change by somebody else meanwhile is refused, an error opens it again. */
export async function edit(session: Session, words: string[], flags: WriteFlags): Promise<void> {
  const named = await session.resource(words)
  const { data, response } = await session.lookup.GET(itemAt(named.href), { params: params() })
  const present = data as Resource
  const tag = response.headers.get('etag') ?? '*'
  const former = Object.fromEntries(
    EDITED.filter((key) => present[key]).map((key) => [key, plain(key, present[key])]),
  )
  const folder = mkdtempSync(join(tmpdir(), 'hyperfleet-edit-'))
  const file = join(folder, `${present.kind.toLowerCase()}-${present.name}.yaml`)
  const head = `# ${present.kind} ${present.name} (${present.id}). An empty file ends without a change.\n`
  let text = head + toYaml(former)
  let refusal: CliError | undefined
  for (;;) {
    writeFileSync(file, text, { mode: 0o600 })
    openEditor(file)
    const edited = readFileSync(file, 'utf8')
    // Saved as it was after an error: the user gives up.
    if (refusal && edited === text) throw kept(refusal, file)
    const later = edited === text ? '' : withoutComments(edited)
    try {
      const changed = later && (await send(session, present, tag, former, objectIn(later, file), flags))
      rmSync(folder, { recursive: true })
      if (changed) tell(changed, 'edited', flags)
      else console.log(`${present.kind.toLowerCase()}/${present.name} unchanged`)
      return
    } catch (error) {
      if (!(error instanceof CliError)) throw error
      if (!isCorrectable(error)) throw kept(error, file)
      refusal = error
      text = `${error.message.replace(/^/gm, '# error: ')}\n${withoutErrors(edited)}`
    }
  }
}

/** Whether another text may be taken: the resource is as it was read, and its caller may change it. */
const isCorrectable = (error: CliError) =>
  error.outcome === 'usage' || (error instanceof ApiError && [400, 413, 422].includes(error.status))

const withoutErrors = (text: string) => text.replaceAll(/^# error: .*\n/gm, '')
const withoutComments = (text: string) => text.replaceAll(/^#.*\n?/gm, '').trim()

/** References as they are written. */
const plain = (key: string, value: unknown) =>
  key === 'references' && isObject(value)
    ? Object.fromEntries(
        Object.entries(value).map(([type, targets]) => [
          type,
          (targets as { id: string; kind: string }[]).map(({ id, kind }) => ({ id, kind })),
        ]),
      )
    : value

/** An error that leaves the edited file where it is, and says so. */
const kept = ({ message, outcome }: CliError, file: string) =>
  new CliError(`${message}\nThe edited text is kept in ${file}`, outcome)

function openEditor(file: string): void {
  const editor = process.env.VISUAL || process.env.EDITOR || 'vi'
  // By a shell, for the variable may hold flags.
  const { status, error } = spawnSync('sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' })
  if (error || status !== 0)
    throw new CliError(`the editor ${editor} has failed; the text is kept in ${file}`)
}

async function send(
  session: Session,
  present: Resource,
  tag: string,
  former: Record<string, unknown>,
  later: Record<string, unknown>,
  flags: WriteFlags,
): Promise<Resource | undefined> {
  const unknown = Object.keys(later).filter((key) => !(EDITED as readonly string[]).includes(key))
  if (unknown.length)
    throw new CliError(`only ${EDITED.join(', ')} can be edited, not ${unknown.join(', ')}`, 'usage')
  if (isDeepStrictEqual(former, later)) return undefined
  const patch = mergePatch(former, later)
  const { data } = await session.api.PATCH(itemAt(present.href), {
    params: params({
      ...(await writeQuery(session, flags, 'resources.patch')),
      header: { 'If-Match': tag },
    }),
    headers: patch ? MERGE_PATCH : {},
    body: (patch ?? { labels: {}, spec: {}, ...later }) as never,
  })
  return data as Resource
}

/** Commands that read: get, list, search, tree, explain, history, diff. */
import { createTwoFilesPatch } from 'diff'
import type { components } from '../generated/openapi.d.ts'
import type { Kind } from './discovery.ts'
import { toYaml } from './exact-values.ts'
import { CliError } from './exit-codes.ts'
import { type Column, nameOf, print, resourcesShown } from './printer.ts'
import { ANY_KIND, type Flags, inSearch, itemAt, params, type Resource, type Session } from './session.ts'

interface ListFlags extends Flags {
  search?: string
  label?: string[]
  order?: string
  limit?: number
}

/** The search of --search and --label together. */
export function searchOf({ search, label = [] }: Pick<ListFlags, 'search' | 'label'>): string | undefined {
  const labels = label.map((pair) => {
    const [key = '', value] = pair.split(/=(.*)/s)
    return value === undefined
      ? `labels[${inSearch(key)}] is not null`
      : `labels[${inSearch(key)}] = ${inSearch(value)}`
  })
  const terms = [...(search ? [labels.length ? `(${search})` : search] : []), ...labels]
  return terms.length ? terms.join(' and ') : undefined
}

/** `get KIND [NAME…]`: some resources, or the list of a kind. */
export async function get(session: Session, words: string[], flags: ListFlags): Promise<void> {
  const targets = await session.targets(words)
  if (targets.every(({ names }) => !names.length)) return list(session, words, flags)
  const found: Resource[] = []
  for (const { href } of await session.resources(words)) {
    const { data } = await session.api.GET(itemAt(href), { params: params() })
    found.push(data as Resource)
  }
  const value = found.length === 1 ? found[0] : { kind: 'ResourceList', items: found }
  print(resourcesShown(found, value), flags.output)
}

/** `list KIND`: the resources of a kind. */
export async function list(session: Session, words: string[], flags: ListFlags): Promise<void> {
  const [{ kind, names } = { kind: undefined, names: [] }] = await session.targets(words)
  if (!kind || names.length) throw new CliError('list takes a kind alone: see get', 'usage')
  const path = await session.listPath(kind, await session.parent())
  const query = { search: searchOf(flags), order: flags.order }
  const { items, total } = await session.list(path, query, flags.limit, session.api)
  print(resourcesShown(items, { kind: `${kind.kind}List`, total, items }), flags.output)
  warnOfMore(items.length, total)
}

const warnOfMore = (shown: number, total: number) => {
  if (shown < total) console.error(`${shown} of ${total}: --limit allows no more`)
}

/** `search TSL`: the resources of all kinds that match. A server without such a list is asked for each kind. */
export async function search(session: Session, [text = '']: string[], flags: ListFlags): Promise<void> {
  const discovery = await session.discovery()
  const paths = discovery.hasPath(ANY_KIND) ? [ANY_KIND] : discovery.kinds.map(({ path }) => path)
  const items: Resource[] = []
  let total = 0
  for (const path of paths) {
    const query = { search: searchOf({ ...flags, search: text }), order: flags.order }
    const answer = await session.list(path, query, flags.limit, session.api)
    items.push(...answer.items)
    total += answer.total
  }
  const shown = resourcesShown(items, { kind: 'ResourceList', total, items })
  const columns = [
    { title: 'KIND', text: ({ kind }: Resource) => kind },
    ...shown.columns.filter(({ title }) => title !== 'KIND'),
  ]
  print({ ...shown, columns }, flags.output)
  warnOfMore(items.length, total)
}

interface TreeRow {
  depth: number
  relation: '' | 'child' | string
  resource: Resource
}

/** `tree KIND NAME`: a resource, the resources below it, and those that each refers to. */
export async function tree(session: Session, words: string[], flags: Flags): Promise<void> {
  const root = await session.resource(words)
  const discovery = await session.discovery()
  const rows: TreeRow[] = []
  const kindOf = (name: string) => discovery.kinds.find(({ kind }) => kind === name)
  const walk = async (resource: Resource, depth: number): Promise<object> => {
    rows.push({ depth, relation: '', resource })
    for (const [type, targets] of Object.entries(resource.references ?? {}))
      for (const { id, kind } of targets ?? [])
        rows.push({ depth: depth + 1, relation: type, resource: await target(id, kindOf(kind ?? '')) })
    const children: object[] = []
    const own = kindOf(resource.kind)
    for (const kind of own ? discovery.childrenOf(own) : []) {
      const { items } = await session.list(`${resource.href}/${kind.plural}`, {})
      for (const item of items) children.push(await walk(item, depth + 1))
    }
    return { ...resource, children }
  }
  const target = async (id: string, kind: Kind | undefined) =>
    kind ? session.find(kind, id) : ({ id, kind: '', name: id } as Resource)
  const value = await walk(root, 0)
  const columns: Column<TreeRow>[] = [
    {
      title: 'RESOURCE',
      text: ({ depth, relation, resource: { kind, name } }) =>
        `${'  '.repeat(depth)}${relation && `${relation} → `}${kind.toLowerCase()}/${name}`,
    },
    ...resourcesShown(
      rows.map(({ resource }) => resource),
      undefined,
    )
      .columns.filter(({ title }) => title !== 'NAME' && title !== 'KIND')
      .map(({ text, ...column }): Column<TreeRow> => ({ ...column, text: ({ resource }) => text(resource) })),
  ]
  print({ value, rows, columns, name: ({ resource }) => nameOf(resource) }, flags.output)
}

/** `explain KIND NAME`: why its conditions are as they are, in sentences. */
export async function explain(session: Session, words: string[], flags: Flags): Promise<void> {
  const { href, kind } = await session.resource(words)
  await session.need('resources.explain', 'explanations', kind)
  const { data } = await session.api.GET(itemAt(href, '/explain'), { params: params() })
  if (flags.output && flags.output !== 'table' && flags.output !== 'wide') {
    print({ value: data, rows: [], columns: [] }, flags.output)
    return
  }
  for (const sentence of data?.sentences ?? []) console.log(sentence)
}

type Change = components['schemas']['Change']
type Generation = components['schemas']['Generation']

const generationColumns: Column<Generation>[] = [
  { title: 'GENERATION', text: ({ generation }) => generation },
  { title: 'TIME', text: ({ time }) => time },
  { title: 'TYPE', text: ({ type }) => type },
  { title: 'BY', text: ({ caller }) => caller },
  { title: 'CHANGED', text: ({ changed }) => changed?.join(',') },
]

const changeColumns: Column<Change>[] = [
  { title: 'TIME', text: ({ time }) => time },
  { title: 'TYPE', text: ({ type }) => type },
  { title: 'GENERATION', text: ({ generation }) => generation },
  { title: 'BY', text: ({ caller, adapter }) => caller ?? adapter },
  { title: 'CHANGED', text: ({ changed }) => changed?.join(',') },
  { title: 'VERSION', wide: true, text: ({ version }) => version },
  { title: 'REASON', wide: true, text: ({ reason }) => reason },
]

interface HistoryFlags extends Flags {
  generations?: boolean
  limit?: number
}

/** `history KIND NAME`: who has changed it and when, newest first; a removed resource is named by its id. */
export async function history(session: Session, words: string[], flags: HistoryFlags): Promise<void> {
  const { href, kind } = await pastResource(session, words)
  await session.need('history.changes', 'history', kind)
  const query = { size: Math.min(flags.limit ?? 100, 500) }
  if (flags.generations) {
    const { data } = await session.api.GET(itemAt(href, '/generations'), { params: params({ query }) })
    print({ value: data, rows: data?.items ?? [], columns: generationColumns }, flags.output)
  } else {
    const { data } = await session.api.GET(itemAt(href, '/changes'), { params: params({ query }) })
    print({ value: data, rows: data?.items ?? [], columns: changeColumns }, flags.output)
  }
}

/** A resource that may have been removed: its id is enough for its history. */
async function pastResource(session: Session, words: string[]): Promise<Pick<Resource, 'href' | 'kind'>> {
  try {
    return await session.resource(words)
  } catch (error) {
    const [{ kind, names } = { kind: undefined, names: [] }] = await session.targets(words)
    const [id] = names
    if (!(error instanceof CliError && error.outcome === 'not found') || !kind || !id) throw error
    const items = `${await session.listPath(kind, await session.parent())}/${encodeURIComponent(id)}`
    return { href: items, kind: kind.kind }
  }
}

interface DiffFlags extends Flags {
  from?: number
  to?: number
  exitCode?: boolean
}

/** `diff KIND NAME`: how labels, spec and references of two generations differ; of the last two unless they are named. */
export async function diff(session: Session, words: string[], flags: DiffFlags): Promise<void> {
  const resource = await session.resource(words)
  await session.need('history.generation', 'former generations', resource.kind)
  const to = flags.to ?? resource.generation
  const from = flags.from ?? Math.max(1, to - 1)
  const former = await generationAt(session, resource.href, from)
  const later = await generationAt(session, resource.href, to)
  if (printDiff(former, later, [`generation ${from}`, `generation ${to}`]) && flags.exitCode)
    process.exitCode = 1
}

async function generationAt(session: Session, href: string, generation: number): Promise<string> {
  const { data } = await session.api.GET(`${itemAt(href)}/generations/${generation}` as never, {} as never)
  const { labels, spec, references } = data as unknown as Generation
  return toYaml({ labels, spec, ...(references && { references }) })
}

/** Prints two texts as a unified diff, and says whether they differ. */
export function printDiff(former: string, later: string, [from, to]: [string, string]): boolean {
  if (former === later) return false
  const patch = createTwoFilesPatch(from, to, former, later, undefined, undefined, { context: 3 })
  console.log(patch.split('\n').slice(1).join('\n').trimEnd())
  return true
}

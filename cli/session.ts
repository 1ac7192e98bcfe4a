/** What a command works with: the server that is chosen, what it can do, and the resources that names lead to. */
import type { components } from '../generated/openapi.d.ts'
import { type Api, ApiError, createApi } from './api-client.ts'
import { chooseServer, type ServerFlags } from './contexts.ts'
import { type Discovery, discover, type Kind } from './discovery.ts'
import { CliError } from './exit-codes.ts'

/** A resource of any kind; those without a parent have no owner. */
export type Resource = Omit<components['schemas']['Cluster'], 'kind'> & {
  kind: string
  owner_references?: { id: string; kind: string; href: string }
}

/** The flags of every command. */
export interface Flags extends ServerFlags {
  output?: string
  parent?: string
  curl?: boolean
  requestTimeout?: number
}

/**
 * Every kind has the operations of clusters: the paths of clusters give requests and answers their types, and the path that is
 * asked is that of the resource.
 */
const LIST = '/api/hyperfleet/v1/clusters'
const ITEM = `${LIST}/{cluster_id}` as const

/** The list of the resources of all kinds. */
export const ANY_KIND = '/api/hyperfleet/v1/resources'

/** The path of a list, typed. */
export const listAt = (path: string) => path as typeof LIST
/** The path of a resource (`href`), typed; with what follows it. */
export const itemAt = <Below extends string = ''>(href: string, below?: Below) =>
  `${href}${below ?? ''}` as `${typeof ITEM}${Below}`

/** The parameter that the types ask for; the path has none. */
const path = { cluster_id: '' }
/** Parameters of a request on the path of a resource. */
export const params = <Rest extends object>(rest?: Rest) =>
  ({ path, ...rest }) as { path: typeof path } & Rest

/** A text in a search. */
export const inSearch = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export class Session {
  readonly flags: Flags
  readonly server: string
  /** Sends the requests of the command; with --curl, they are printed. */
  readonly api: Api
  /** Sends what a command must know before its own request. */
  readonly lookup: Api
  readonly #headers: Record<string, string>
  #discovery: Promise<Discovery> | undefined

  constructor(flags: Flags) {
    this.flags = flags
    const { server, token, headers } = chooseServer(flags)
    this.server = server
    this.#headers = { ...headers, ...(token && { Authorization: `Bearer ${token}` }) }
    const timeoutS = flags.requestTimeout ?? 60
    this.lookup = createApi({ server, token, headers, timeoutS })
    this.api = flags.curl ? createApi({ server, token, headers, timeoutS, isPrinted: true }) : this.lookup
  }

  discovery(): Promise<Discovery> {
    this.#discovery ??= discover(this.server, this.#headers)
    return this.#discovery
  }

  /** Throws where the server has no such operation on a kind, as an older one may. */
  async need(operation: string, what: string, kind?: string): Promise<void> {
    if (!(await this.discovery()).has(operation, kind))
      throw new CliError(`this server has no ${what}${kind ? ` of ${kind}` : ''}: it is of an older release`)
  }

  /** The kind and the names of arguments: KIND, KIND NAME…, or KIND/NAME…; of several kinds by the last form. */
  async targets(words: string[]): Promise<{ kind: Kind; names: string[] }[]> {
    const discovery = await this.discovery()
    const [first = '', ...names] = words
    if (!first) throw new CliError('a kind is missing', 'usage')
    if (!first.includes('/')) return [{ kind: discovery.kindOf(first), names }]
    return words.map((word) => {
      const [kind = '', ...name] = word.split('/')
      if (!name.length || !name[0]) throw new CliError(`${word} is not KIND/NAME`, 'usage')
      return { kind: discovery.kindOf(kind), names: [name.join('/')] }
    })
  }

  /** The resources that arguments name; throws where there are none, or not exactly one for a name. */
  async resources(words: string[]): Promise<Resource[]> {
    const targets = await this.targets(words)
    const parent = await this.parent()
    const found: Resource[] = []
    for (const { kind, names } of targets) {
      if (!names.length) throw new CliError(`the name or id of a ${kind.kind} is missing`, 'usage')
      for (const name of names) found.push(await this.find(kind, name, parent))
    }
    return found
  }

  /** The one resource that arguments name. */
  async resource(words: string[]): Promise<Resource> {
    const [found, ...more] = await this.resources(words)
    if (!found || more.length) throw new CliError('one resource must be named', 'usage')
    return found
  }

  /** The resource of --parent. */
  async parent(): Promise<Resource | undefined> {
    if (this.flags.parent === undefined) return undefined
    const [target] = await this.targets([this.flags.parent])
    const [name] = target?.names ?? []
    if (!target || name === undefined) throw new CliError('--parent must be KIND/NAME', 'usage')
    return this.find(target.kind, name)
  }

  /** The path of the list of a kind: below a parent, or over all parents. */
  async listPath(kind: Kind, parent?: Resource): Promise<string> {
    if (parent) {
      if (parent.kind !== kind.parent)
        throw new CliError(
          `a ${kind.kind} is below ${kind.parent ?? 'nothing'}, not below a ${parent.kind}`,
          'usage',
        )
      return `${parent.href}/${kind.plural}`
    }
    if (!(await this.discovery()).hasPath(kind.path))
      throw new CliError(`this server lists ${kind.plural} below their parent only: give --parent`, 'usage')
    return kind.path
  }

  /**
   * The resource of an id, or of a name. Of several with one name it is the one that is not marked for deletion; where that
   * does not decide, the error lists their ids.
   */
  async find(kind: Kind, name: string, parent?: Resource): Promise<Resource> {
    const list = await this.listPath(kind, parent)
    if (UUID.test(name)) {
      try {
        const { data } = await this.lookup.GET(itemAt(`${list}/${name.toLowerCase()}`), { params: params() })
        return data as Resource
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 404)) throw error
      }
    }
    const { data } = await this.lookup.GET(listAt(list), {
      params: { query: { search: `name = ${inSearch(name)}` } },
    })
    const items = (data?.items ?? []) as Resource[]
    const live = items.filter(({ deleted_time }) => !deleted_time)
    const [found, ...more] = live.length ? live : items
    const below = parent ? ` below ${parent.kind} ${parent.name}` : ''
    if (!found) throw new CliError(`there is no ${kind.kind} ${name}${below}`, 'not found')
    if (more.length)
      throw new CliError(
        `${more.length + 1} ${kind.plural} have the name ${name}: name one by its id, or its parent by --parent\n${[
          found,
          ...more,
        ]
          .map(({ id, owner_references: owner }) => `  ${id}${owner ? ` (${owner.kind} ${owner.id})` : ''}`)
          .join('\n')}`,
        'usage',
      )
    return found
  }

  /** All resources of a list, or the first `limit`; page by page. */
  async list(
    path: string,
    { search, order }: Narrowing,
    limit = Infinity,
    api = this.lookup,
  ): Promise<Listed> {
    // A walk by cursor has an order of its own.
    const walks = order === undefined && (await this.discovery()).takes('cursor', 'resources.list')
    const query = {
      ...(search !== undefined && { search }),
      ...(order !== undefined && { order }),
      size: Math.min(limit, 500),
    }
    const listed: Listed = { items: [], total: 0 }
    let cursor: string | undefined = ''
    for (let page = 1; cursor !== undefined && listed.items.length < limit; page++) {
      const step: Step = await pageOf(api, path, { ...query, ...(walks ? { cursor } : { page }) })
      listed.items.push(...step.items)
      listed.total = step.total
      const isLast = walks ? !step.next : !step.items.length || listed.items.length >= step.total
      cursor = isLast ? undefined : (step.next ?? '')
    }
    return { ...listed, items: listed.items.slice(0, limit) }
  }
}

interface Narrowing {
  search?: string | undefined
  order?: string | undefined
}

interface Listed {
  items: Resource[]
  total: number
}

type Step = Listed & { next: string | undefined }

async function pageOf(api: Api, path: string, query: Record<string, string | number>): Promise<Step> {
  const { data } = await api.GET(listAt(path), { params: { query } })
  return {
    items: (data?.items ?? []) as Resource[],
    total: data?.total ?? 0,
    next: data?.next_cursor,
  }
}

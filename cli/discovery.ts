/** What a server can do, by its document: kinds, their names, and the operations on them. */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ApiError, withoutAnswer } from './api-client.ts'
import { cacheFolder } from './contexts.ts'
import { parseJson } from './exact-values.ts'
import { CliError } from './exit-codes.ts'

/** The path of the document under which all paths of the API are, so that a gateway forwards it with them. */
const DOCUMENT = '/api/hyperfleet/v1/openapi'

interface Operation {
  'x-operation'?: string
  'x-kind'?: string
  parameters?: { name?: string; $ref?: string }[]
}

interface Document {
  'x-kinds': Record<string, { plural: string; base_path: string; parent_kind?: string }>
  paths: Record<string, Record<string, Operation>>
}

/** A kind of resource as the server has it. */
export interface Kind {
  kind: string
  plural: string
  /** The path of the list of all its resources. */
  path: string
  parent: string | undefined
}

/** Reads the document of a server; one that has not changed is taken from the cache. */
export async function discover(server: string, headers: Record<string, string>): Promise<Discovery> {
  const file = join(cacheFolder(), `${createHash('sha256').update(server).digest('hex').slice(0, 32)}.json`)
  const cached = readCache(file)
  const response = await fetch(server + DOCUMENT, {
    headers: { ...headers, ...(cached && { 'If-None-Match': cached.etag }) },
    signal: AbortSignal.timeout(30_000),
  }).catch((error: unknown) => {
    throw withoutAnswer(error, server)
  })
  if (response.status === 304 && cached) return new Discovery(cached.document)
  const text = await response.text()
  if (!response.ok) throw new ApiError(response, text)
  const document = readDocument(text, server)
  const etag = response.headers.get('etag')
  if (etag) writeCache(file, { etag, document })
  return new Discovery(document)
}

function readDocument(text: string, server: string): Document {
  try {
    const document = parseJson(text) as Partial<Document>
    if (document.paths && document['x-kinds']) return document as Document
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new CliError(`${server}${DOCUMENT} is not the document of this API: is it the right server?`)
}

interface Cached {
  etag: string
  document: Document
}

function readCache(file: string): Cached | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Cached
  } catch {
    // None, or one that was cut off: the server has it.
    return undefined
  }
}

function writeCache(file: string, cached: Cached): void {
  try {
    mkdirSync(cacheFolder(), { recursive: true, mode: 0o700 })
    const draft = `${file}.${process.pid}`
    writeFileSync(draft, JSON.stringify(cached), { mode: 0o600 })
    renameSync(draft, file)
  } catch {
    // Without a cache, the document is read each time.
  }
}

/** The kinds and operations of a server. */
export class Discovery {
  readonly kinds: Kind[]
  readonly #document: Document

  constructor(document: Document) {
    this.#document = document
    this.kinds = Object.entries(document['x-kinds']).map(([kind, { plural, base_path, parent_kind }]) => ({
      kind,
      plural,
      path: `${base_path}/${plural}`,
      parent: parent_kind,
    }))
  }

  /**
   * The kind of a name: its own, its plural, the initials of its words (np for NodePool), or the beginning of one of these that
   * fits no other kind; in capital or small letters. Throws a CliError with the kinds that there are.
   */
  kindOf(name: string): Kind {
    const asked = name.toLowerCase()
    const exact = this.kinds.filter((kind) => namesOf(kind).includes(asked))
    const found = exact.length
      ? exact
      : this.kinds.filter((kind) => namesOf(kind).some((known) => known.startsWith(asked)))
    const [kind] = found
    if (kind && found.length === 1) return kind
    const choice = (kind ? found : this.kinds).map(({ plural }) => plural).join(', ')
    throw new CliError(
      kind ? `${name} may be one of the kinds ${choice}` : `the server has no kind ${name}; it has ${choice}`,
      'usage',
    )
  }

  childrenOf({ kind }: Kind): Kind[] {
    return this.kinds.filter(({ parent }) => parent === kind)
  }

  /** Whether the server has an operation on a kind, or one that is of no kind. */
  has(operation: string, kind?: string): boolean {
    return this.#operations(operation, kind).length > 0
  }

  /** Whether the operation takes a parameter. */
  takes(parameter: string, operation: string, kind?: string): boolean {
    return this.#operations(operation, kind).some(({ parameters }) =>
      parameters?.some(({ name, $ref }) => name === parameter || $ref?.endsWith(`/${parameter}`)),
    )
  }

  hasPath(path: string): boolean {
    return Object.hasOwn(this.#document.paths, path)
  }

  #operations(operation: string, kind?: string): Operation[] {
    return Object.values(this.#document.paths).flatMap((methods) =>
      Object.values(methods).filter(
        (each) => each['x-operation'] === operation && (kind === undefined || each['x-kind'] === kind),
      ),
    )
  }
}

/** The names of a kind, in small letters. */
export function namesOf({ kind, plural }: Kind): string[] {
  const initials = kind.replaceAll(/[^A-Z]/g, '').toLowerCase()
  return [kind.toLowerCase(), plural.toLowerCase(), ...(initials.length > 1 ? [initials] : [])]
}

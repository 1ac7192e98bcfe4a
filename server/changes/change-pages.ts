import type { Statements } from '../db/database.ts'
import { Problem } from '../problem.ts'
import { type Entry, entriesOf } from './change-entry.ts'
import { NIL, type Place, type Position } from './change-token.ts'
import { byIds, type ChangeView, inOrderOfIds } from './change-view.ts'

/** How many bytes the resources of a page may have; the first one may be larger. */
const MAX_BYTES = 1024 * 1024

/** Entries that follow each other. */
export interface Page {
  entries: Entry[]
  /** The place to go on from. */
  next: Place
  /** Whether there is nothing more to read up to the position that was asked for. */
  isLast: boolean
}

/** An entry as statements return it, with the id of its resource. */
interface Row extends Entry {
  id: string
}

/**
 * Reads the entries of a view after a place of a feed, up to a position: first the present state, where the place is in it. At most `size` of
 * them, and fewer where their resources are large. Rejects with GON-001 where entries after the place are no longer kept, or the feed is another one.
 */
export async function readPage(
  statements: Statements,
  view: ChangeView,
  place: Place,
  { position, tokens }: Pick<Position, 'position' | 'tokens'>,
  size: number,
): Promise<Page> {
  const check = ({ feed, floor }: { feed: string; floor: string }) => {
    if (feed !== tokens.feed || place.position < Number(floor)) throw goneToken()
  }
  if (place.id !== undefined) return readState(statements, view, { ...place, id: place.id }, size, check)
  const { kind, tenancy } = view
  const asked = { since: String(place.position), until: String(position), kind, size, tenancy }
  const page = await statements.one('list_changes', asked)
  check(page)
  const rows = entriesOf(page.entries)
  const entries = await asSeen(statements, view, rows)
  const isLast = rows.length < size && entries.length === rows.length
  const last = entries.at(-1)?.place ?? place
  return { entries, next: isLast ? { position: Math.max(position, last.position) } : last, isLast }
}

async function readState(
  statements: Statements,
  view: ChangeView,
  { position, id }: Required<Place>,
  size: number,
  check: (page: { feed: string; floor: string }) => void,
): Promise<Page> {
  const { kind, fields, tenancy, tenant } = view
  const asked = { kind, after: id, size, fields, max_bytes: MAX_BYTES, tenancy, tenant }
  const row = await statements.list('list_present_resources', asked, inOrderOfIds(view))
  check(row)
  const count = fields ? row.resources.length : row.ids.length
  const entries = row.ids.slice(0, count).map((each, index) => ({
    place: { position, id: each },
    type: 'state',
    body: withResource(row.entries[index] ?? '', row.resources[index]),
  }))
  const isWhole = row.ids.length < size && count === row.ids.length
  return { entries, next: isWhole ? { position } : (entries.at(-1)?.place ?? { position }), isLast: false }
}

/**
 * Entries as a view has them: with the members of their resources that it asks for, and those whose resources do not fit its search as removed.
 * Fewer than there are where the resources are too large; at least one.
 */
export async function asSeen(
  statements: Pick<Statements, 'list'>,
  view: ChangeView,
  rows: Row[],
): Promise<Entry[]> {
  const { kind, fields, search, tenancy } = view
  const asked = [...new Set(rows.filter(({ type }) => type !== 'removed').map(({ id }) => id))]
  if ((!fields && !search) || !asked.length) return rows
  const parameters = { kind, ids: asked, fields, max_bytes: MAX_BYTES, tenancy }
  const { found, bodies } = await statements.list('list_changed_resources', parameters, byIds(view))
  const resources = new Map(found.map((id, index) => [id, bodies[index]]))
  const entries: Entry[] = []
  let bytes = 0
  for (const row of rows) {
    const { place, type, id, body } = row
    const isThere = resources.has(id)
    if (type === 'removed' || (!isThere && !search)) entries.push(row)
    else if (!isThere) entries.push({ place, type: 'removed', body: `{"left":true,${body.slice(1)}` })
    else if (!fields) entries.push(row)
    else {
      const resource = resources.get(id)
      bytes += resource?.length ?? 0
      if (resource === undefined || (bytes > MAX_BYTES && entries.length)) break
      entries.push({ place, type, body: withResource(body, resource) })
    }
  }
  return entries
}

const withResource = (body: string, resource: string | undefined) =>
  resource === undefined ? body : `${body.slice(0, -1)},"resource":${resource}}`

/** The place before the present state, which changes after a position follow. */
export const beforeState = (position: number): Place => ({ position, id: NIL })

/** The refusal of a token from which changes would be missing. */
export const goneToken = () =>
  new Problem(
    'GON-001',
    'The token is older than the changes that are kept, or of another database: begin again with since=start',
  )

/** Something that clients ask for again and again, and the statement that the server makes of it. */
export interface Request {
  method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  body?: string
  statement: { text: string; values: Value[] }
  /** Whether it is a list that is searched. */
  isSearch?: boolean
  /** How many of a hundred requests are of this one. */
  share: number
}

export type Value = string | number | boolean | null | string[]

/**
 * What differs from one request to the next. It stands in braces in paths, bodies and values: `{id}` is the number of a cluster by
 * chance, `{each}` that of the next one, `{next}` that of the next one each time that it stands there, `{run}` a number of the run, `{n}` one that no other request of the run has, `{time}` a moment later than
 * that of any request before, and `{page}` a page of 20 by chance.
 */
export type Mark = 'id' | 'each' | 'next' | 'run' | 'n' | 'time' | 'page'
const MARKS = /\{(id|each|next|run|n|time|page)\}/

/** What requests are filled in with. */
export interface Fill {
  requests: Request[]
  /** How many clusters there are to ask for. */
  clusters: number
  /** How many pages of 20 there are. */
  pages: number
}

/** The cluster of a number: bench/stage.ts gives clusters such ids, so that a number is all that is needed to ask for one. */
export const idOf = (number: string) => `00000000-0000-7000-8000-${number}`
export const DIGITS = 12
const padded = (number: number) => String(number).padStart(DIGITS, '0')

/** A text taken apart at its marks: texts at even places, marks at odd ones. */
export const pieces = (text: string): string[] => text.split(MARKS)

/** Fills in what differs, request by request. */
export function filler({ requests, clusters, pages }: Fill) {
  const begin = Date.now() * 1000
  let n = 0
  let next = 0
  const among = (count: number) => Math.floor(Math.random() * count)
  const marks: Record<Mark, () => string> = {
    id: () => padded(1 + among(Math.min(clusters, SOME))),
    each: () => padded(1 + (n % clusters)),
    next: () => padded(1 + (next++ % clusters)),
    run: () => String(begin),
    n: () => String(n),
    time: () =>
      `${new Date((begin + n) / 1000).toISOString().slice(0, -1)}${String(n % 1000).padStart(3, '0')}Z`,
    page: () => String(1 + among(pages)),
  }
  const fill = (text: string) =>
    pieces(text)
      .map((piece, index) => (index % 2 ? marks[piece as Mark]() : piece))
      .join('')
  return (): { method: Request['method']; path: string; body?: string } => {
    n++
    const { method, path, body } = picked(requests, Math.random() * 100)
    return { method, path: fill(path), ...(body !== undefined && { body: fill(body) }) }
  }
}

/** Among how many clusters `{id}` is picked. */
export const SOME = 2000

function picked(requests: Request[], at: number): Request {
  let left = at
  for (const request of requests) {
    left -= request.share
    if (left < 0) return request
  }
  return requests.at(-1) as Request
}

/** Something that clients ask for again and again, and the statement that the server makes of it. */
export interface Request {
  method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  body?: string
  statement: { text: string; values: Value[] }
  /** How many of a hundred requests are of this one. */
  share: number
}

export type Value = string | number | boolean | null | string[]

/**
 * What differs from one request to the next. It stands in braces in paths, bodies and values: `{id}` is a cluster by chance,
 * `{each}` the next one, `{run}` a number of the run, `{n}` one that no other request of the run has, `{time}` a moment later than
 * that of any request before, and `{page}` a page of 20 by chance.
 */
export type Mark = 'id' | 'each' | 'run' | 'n' | 'time' | 'page'
const MARKS = /\{(id|each|run|n|time|page)\}/

/** A text taken apart at its marks: texts at even places, marks at odd ones. */
export const pieces = (text: string): string[] => text.split(MARKS)

/** Fills in what differs, request by request. */
export function filler(requests: Request[], ids: string[], pages: number) {
  const begin = Date.now() * 1000
  let n = 0
  const among = (count: number) => Math.floor(Math.random() * count)
  const marks: Record<Mark, () => string> = {
    id: () => ids[among(Math.min(ids.length, SOME))] ?? '',
    each: () => ids[n % ids.length] ?? '',
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

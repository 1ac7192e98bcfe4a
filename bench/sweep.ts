import { Client } from 'undici'

/** How a client goes through all clusters. */
export const sweeps = {
  'pages of 20': { size: 20, isWalk: false },
  'pages of 100': { size: 100, isWalk: false },
  'by cursor, 20 at a time': { size: 20, isWalk: true },
  'by cursor, 100 at a time': { size: 100, isWalk: true },
} as const

interface Page {
  total: number
  items: { id: string }[]
  next_cursor?: string
}

/** Reads all clusters, one page after the other, over one connection; returns how many seconds it took. Throws when one is missing. */
export async function sweep(
  base: string,
  clusters: number,
  { size, isWalk }: { size: number; isWalk: boolean },
): Promise<number> {
  const { origin, pathname } = new URL(base)
  const client = new Client(origin)
  const seen = new Set<string>()
  let cursor: string | undefined = ''
  const began = performance.now()
  for (let page = 1; cursor !== undefined; page++) {
    const place = isWalk ? `cursor=${cursor}` : `page=${page}`
    const answer = await client.request({ method: 'GET', path: `${pathname}/clusters?size=${size}&${place}` })
    const { items, total, next_cursor } = (await answer.body.json()) as Page
    for (const { id } of items) seen.add(id)
    const isLast = isWalk ? next_cursor === undefined : page * size >= total
    cursor = isLast ? undefined : (next_cursor ?? '')
  }
  const seconds = (performance.now() - began) / 1000
  await client.close()
  if (seen.size !== clusters) throw new Error(`a sweep found ${seen.size} of ${clusters} clusters`)
  return seconds
}

/**
 * A poller on the feed of changes (docs/changes.md): prints a line for each generation of a cluster that is not reconciled, at once,
 * and again every minute until it is reconciled or gone. It asks for all clusters once, and never again.
 *
 * Usage: node --import tsx examples/poller.ts http://localhost:8000 [TOKEN]
 *
 * TOKEN  for servers that authenticate
 */
import { setTimeout as sleep } from 'node:timers/promises'

interface Cluster {
  id: string
  href: string
  generation: number
  status: { conditions: { type: string; status: string }[] }
}
interface Change {
  type: string
  id: string
}

const [server = 'http://localhost:8000', token] = process.argv.slice(2)
const api = `${server}/api/hyperfleet/v1`
const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {}
/** The clusters that are not reconciled: the generation that was told, and when. */
const open = new Map<string, { generation: number; at: number }>()

const get = (path: string) => fetch(api + path, { headers })
const isReconciled = ({ status }: Cluster) =>
  status.conditions.some(({ type, status }) => type === 'Reconciled' && status === 'True')

const isDue = (id: string) => (open.get(id)?.at ?? 0) < Date.now() - 60_000

/** Reports a cluster that is not reconciled, unless this generation of it was reported lately. */
function settle(cluster: Cluster) {
  const { id, href, generation } = cluster
  if (isReconciled(cluster)) open.delete(id)
  else if (open.get(id)?.generation !== generation || isDue(id)) {
    open.set(id, { generation, at: Date.now() })
    console.log(JSON.stringify({ kind: 'Cluster', id, href, generation }))
  }
}

/** Looks at a cluster again. */
async function look(id: string) {
  const answer = await get(`/clusters/${id}`)
  if (answer.status === 404) open.delete(id)
  else if (!answer.ok) throw new Error(`${answer.status} for the cluster ${id}`)
  else settle((await answer.json()) as Cluster)
}

/** Lists all clusters that are not reconciled; returns the token from which the changes after the list can be read. */
async function begin(): Promise<string> {
  const search = encodeURIComponent("status.conditions.Reconciled = 'False'")
  let since: string | null = null
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const answer = await get(`/clusters?search=${search}&cursor=${cursor}`)
    if (!answer.ok) throw new Error(`${answer.status} for the list`)
    // That of the first page: later ones may have missed changes before theirs.
    since ??= answer.headers.get('hyperfleet-token')
    const page = (await answer.json()) as { items: Cluster[]; next_cursor?: string }
    page.items.forEach(settle)
    cursor = page.next_cursor
  }
  return since ?? begin()
}

/** Follows the changes, and reminds of what stays open, until a token is refused or the server is away. */
async function follow(start: string) {
  for (let since = start; ; ) {
    const answer = await get(`/changes?kind=Cluster&since=${since}&wait=10s`)
    if (answer.status === 410) return
    if (!answer.ok) throw new Error(`${answer.status} for the changes`)
    const { items, next } = (await answer.json()) as { items: Change[]; next: string }
    for (const id of new Set([...items.map(({ id }) => id), ...[...open.keys()].filter(isDue)]))
      await look(id)
    since = next
  }
}

for (;;)
  try {
    await follow(await begin())
  } catch (error) {
    console.error(String(error))
    await sleep(1000)
  }

/** Callers that create, change, report and delete without pause, and write down what they were told. */
import { EventEmitter, once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { base, conditions } from '../../application.ts'
import { type Ledger, newLedger, type Write } from './ledger.ts'

const CALLERS = 8
/** So many calls that fail in a row, over all callers, and nobody believes any more that it will end. */
const PATIENCE = 20_000
/** What a caller is told of a passing failure. */
const PASSING = new Set([503, 504])

export const REQUIRED = { Cluster: ['validation', 'dns'], NodePool: ['validation'] }

export interface Callers {
  ledger: Ledger
  /** Resolves after so many more acknowledged writes; throws when nothing but failures comes. */
  acknowledged(count: number): Promise<void>
  /** Resolves after so many more calls that failed. */
  failed(count: number): Promise<void>
  end(): Promise<void>
}

/** Numbers tokens and names: no two are the same, whoever else has called before. */
let serial = 0

/** Sends writes to what `api` returns. Whether a call may remain without any answer depends on what is hurt. */
export function startCallers(api: () => string, { mayGoUnanswered = false } = {}): Callers {
  const ledger = newLedger()
  const events = new EventEmitter().setMaxListeners(0)
  const counts = { acknowledged: 0, failed: 0 }
  let inRow = 0
  let isOver = false

  const call = async (method: string, path: string, body?: object, key?: string) => {
    const headers = {
      ...(body && { 'content-type': 'application/json' }),
      ...(key && { 'idempotency-key': key }),
    }
    const answer = await fetch(`${api()}${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    }).then(
      async (response) => ({ status: response.status, text: await response.text() }),
      (error: Error) => ({ status: 0, text: String(error.cause ?? error) }),
    )
    ledger.answers.set(answer.status, (ledger.answers.get(answer.status) ?? 0) + 1)
    return answer
  }
  const count = (name: keyof typeof counts) => {
    counts[name]++
    inRow = name === 'failed' ? inRow + 1 : 0
    events.emit('counted')
  }

  /** Sends a write once. Returns the body of its answer, if it was done, and whether another attempt may do better. */
  const write = async (
    write: Write,
    method: string,
    path: string,
    body?: object,
    key?: string,
    // biome-ignore lint/suspicious/noExplicitAny: a resource or a report, of which little is asked.
  ): Promise<{ isPassing: boolean; body?: any }> => {
    const { status, text } = await call(method, path, body, key)
    // Discarded.
    if (status === 204) return { isPassing: false }
    if (status >= 200 && status < 300) {
      const parsed = JSON.parse(text)
      ledger.acknowledged.push({ ...write, id: write.id ?? parsed.id })
      count('acknowledged')
      return { isPassing: false, body: parsed }
    }
    ledger.unanswered.push(write)
    count('failed')
    const isFirstRunning = key !== undefined && status === 409 && text.includes('HYPERFLEET-CNF-003')
    const isPassing = PASSING.has(status) || isFirstRunning || (status === 0 && mayGoUnanswered)
    if (!isPassing) ledger.wrong.push(`${method} ${path}: ${status} ${text}`)
    await delay(20)
    return { isPassing }
  }

  /** Sends a write until there is an answer that will not be another one. */
  const again = async (send: () => ReturnType<typeof write>) => {
    let answer = await send()
    while (answer.isPassing && !isOver) answer = await send()
    return answer
  }

  /** Creates a resource: with a key it is asked for until there is an answer, and is still one. */
  const create = async (path: string, kind: string, name: string, isRepeated: boolean) => {
    const token = `w${serial++}`
    const [what, spec] = ['create' as const, { write: token }]
    const send = () =>
      write({ what, token }, 'POST', path, { kind, name, spec }, isRepeated ? token : undefined)
    return (isRepeated ? await again(send) : await send()).body
  }
  const patch = (href: string, member: 'spec' | 'labels') => {
    const token = `w${serial++}`
    return write({ what: 'patch', token, id: idOf(href) }, 'PATCH', href, { [member]: { write: token } })
  }
  const report = (what: 'report' | 'finalize', href: string, adapter: string, generation: number) => {
    const token = `w${serial++}`
    const more = what === 'finalize' ? [{ type: 'Finalized', status: 'True' }] : []
    const body = {
      adapter,
      observed_generation: generation,
      // Of a clock of its own, that only goes forward: whatever the others' clocks do, no report is stale.
      observed_time: new Date(Date.UTC(2026, 2, 10) + serial * 10).toISOString(),
      conditions: conditions(serial % 5 ? 'True' : 'False', more),
      data: { write: token },
    }
    return write({ what, token, id: idOf(href) }, 'PUT', `${href}/statuses`, body)
  }
  const remove = async (href: string, kind: keyof typeof REQUIRED) => {
    const token = `w${serial++}`
    const { body } = await again(() => write({ what: 'mark', token, id: idOf(href) }, 'DELETE', href))
    if (!body) return
    const { generation } = body
    await Promise.all(REQUIRED[kind].map((adapter) => report('finalize', href, adapter, generation)))
  }

  const caller = async () => {
    for (let step = 0; !isOver; step++) {
      const isRepeated = step % 4 !== 0
      const cluster = await create(`${base}/clusters`, 'Cluster', `c-${serial++}`, isRepeated)
      if (!cluster) continue
      const pool = await create(`${cluster.href}/nodepools`, 'NodePool', 'workers', isRepeated)
      const changed = await patch(cluster.href, 'spec')
      const { generation } = changed.body ?? cluster
      await Promise.all([
        patch(cluster.href, 'labels'),
        ...REQUIRED.Cluster.map((adapter) => report('report', cluster.href, adapter, generation)),
        report('report', cluster.href, 'extra', generation),
        ...(pool ? [report('report', pool.href, 'validation', 1), patch(pool.href, 'labels')] : []),
      ])
      if (step % 3) continue
      if (pool) await remove(pool.href, 'NodePool')
      await remove(cluster.href, 'Cluster')
    }
  }
  const callers = Promise.all(Array.from({ length: CALLERS }, caller))
  callers.catch(() => {})

  const after = async (name: keyof typeof counts, more: number) => {
    const enough = counts[name] + more
    while (counts[name] < enough) {
      if (inRow > PATIENCE) throw new Error(`${inRow} calls failed in a row`)
      await Promise.race([once(events, 'counted'), callers])
    }
  }
  return {
    ledger,
    acknowledged: (more) => after('acknowledged', more),
    failed: (more) => after('failed', more),
    async end() {
      isOver = true
      await callers
    },
  }
}

const idOf = (href: string) => href.split('/').at(-1) ?? ''

import { deepStrictEqual } from 'node:assert'
import type { Answer, Application } from '../application.ts'
import { generator, seed } from '../random.ts'

type Call = Application['call']

/** Operations that fail, each with its status. */
const FAILING: [status: number, operation: string][] = [
  [404, '{"method":"DELETE","path":"/clusters/019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11"}'],
  [404, '{"method":"PATCH","path":"/resources/none","body":{"spec":{}}}'],
  [400, '{"method":"POST","path":"/clusters","body":{"kind":"Cluster"}}'],
  [422, '{"method":"POST","path":"/nodepools","body":{"kind":"NodePool","name":"pool","spec":{}}}'],
]

/**
 * A `call` that makes each write in a batch: with operations around it that fail each for itself, or alone in an atomic
 * batch, after a batch in which one fails behind it. Throws unless the others are answered as they are to be.
 */
export function batched(call: Call): Call {
  const random = generator(seed)
  const send = (path: string, atomic: boolean, operations: string[]) =>
    call('POST', path, `{"atomic":${atomic},"operations":[${operations}]}`)
  return async (method, target, body, headers = {}) => {
    if (method === 'GET') return call(method, target, body, headers)
    const path = target.startsWith('/') ? target : `/${target}`
    const batch = path.endsWith('?dry_run=true') ? 'batch?dry_run=true' : 'batch'
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const own = { method, path: path.replace('?dry_run=true', ''), headers }
    const operation = `${JSON.stringify(own).slice(0, -1)}${text === undefined ? '' : `,"body":${text}`}}`
    const others = () =>
      Array.from({ length: random(3) }, () => FAILING[random(FAILING.length)] as [number, string])
    if (random(2)) {
      const [before, after] = [others(), others()]
      const around = (list: typeof before) => list.map(([, each]) => each)
      const answer = await send(batch, false, [...around(before), operation, ...around(after)])
      const { results } = answer.body as { results: Answer[] }
      const [result] = results.splice(before.length, 1)
      deepStrictEqual(
        results.map(({ status }) => status),
        [...before, ...after].map(([status]) => status),
      )
      return answered(result as Answer, answer)
    }
    const [[status, failing]] = [FAILING[random(FAILING.length)] as [number, string]]
    const undone = await send(batch, true, [operation, failing])
    const alone = await send(batch, true, [operation])
    if (alone.status === 200) {
      deepStrictEqual([undone.status, undone.body.index], [status, 1])
      return answered(alone.body.results[0], alone)
    }
    deepStrictEqual([undone.status, undone.body.index], [alone.status, 0])
    return answered({ ...alone, headers: problemHeaders(alone), body: alone.body.problem }, alone)
  }
}

/** The headers that an operation has of its own when it fails. */
const problemHeaders = ({ headers }: Answer) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => OF_PROBLEMS.includes(name)))

const OF_PROBLEMS = ['content-type', 'retry-after', 'allow']

/** The answer to an operation, as that to a request. */
const answered = ({ status, headers, body }: Answer, batch: Answer): Answer => ({
  status,
  headers: {
    ...headers,
    ...(batch.headers['hyperfleet-dry-run'] && { 'hyperfleet-dry-run': batch.headers['hyperfleet-dry-run'] }),
  },
  body,
  text: body === undefined ? '' : JSON.stringify(body),
})

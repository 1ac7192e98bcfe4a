import { EventEmitter, once } from 'node:events'
import t, { type Test } from 'tap'
import { type Application, application, report } from '../application.ts'
import { execute } from '../databases.ts'
import { generator, seed } from '../random.ts'

const WRITERS = 4
const CLUSTERS = 300
const kept = "labels.keep='yes'"
/** What writers do in turn, each to a cluster at random. As many are created as removed. */
const turns = [
  'create',
  'patch spec',
  'keep',
  'force-delete',
  'patch labels',
  'create',
  'delete',
  'no longer keep',
  'finalize',
] as const

type Parameters = Record<string, string>
interface Listed {
  id: string
  labels: Parameters
}

const listOf = (parameters: Parameters) => `clusters?${new URLSearchParams(parameters)}`

/** Several hundred clusters, half of which the search finds, and writers that change them. */
async function fleet(t: Test) {
  t.comment(`SEED=${seed}`)
  const { call, url } = await application(t, { HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]' })
  const random = generator(seed)
  const alive: string[] = []
  const marked = new Set<string>()
  const written = new EventEmitter()
  const done: Record<string, number> = {}
  /** Whose label `keep` was set or removed. */
  const touched = new Set<string>()

  const create = async (mark: string | number, labels: Parameters) => {
    // Anywhere in the order of names.
    const name = `${String.fromCharCode(97 + random(26))}-${mark}`
    const { status, body, text } = await call('POST', 'clusters', { kind: 'Cluster', name, labels, spec: {} })
    if (status !== 201) throw new Error(text)
    alive.push(body.id)
  }
  const keep = (): Parameters => (random(2) ? { keep: 'yes' } : {})
  await Promise.all(Array.from({ length: CLUSTERS }, (_, index) => create(index, keep())))
  // Equal times, so that it is the id that decides.
  await execute(url, `update resources set created_time = date_trunc('second', created_time)`)

  /** Another writer may have been faster; any other refusal is a fault. */
  const change = async (method: string, path: string, body?: object) => {
    const { status, text } = await call(method, path, body)
    if (status >= 400 && status !== 404 && status !== 409) throw new Error(`${method} ${path}: ${text}`)
    return status < 300
  }
  const remove = async (id: string, rest: (generation: number) => Promise<boolean>) => {
    const { status, body } = await call('DELETE', `clusters/${id}`)
    alive.splice(0, alive.length, ...alive.filter((each) => each !== id))
    return status === 202 && rest(body.generation)
  }
  const finalized = (generation: number) => {
    const sent = report('validation', generation, 'True', 1)
    return { ...sent, conditions: [...sent.conditions, { type: 'Finalized', status: 'True' }] }
  }
  const someOf = (ids: string[]) => ids[random(ids.length)] as string
  // One in three stays, and keeps or lacks its label.
  const isSpared = (id: string) => Number.parseInt(id.slice(-4), 16) % 3 === 0

  const writes: Record<(typeof turns)[number], (mark: string) => Promise<boolean | undefined>> = {
    async create(mark) {
      await create(mark, keep())
      return true
    },
    'patch spec': (mark) => change('PATCH', `clusters/${someOf(alive)}`, { spec: { mark } }),
    async 'patch labels'(mark) {
      const path = `clusters/${someOf(alive)}`
      const { status, body } = await call('GET', path)
      return status === 200 && change('PATCH', path, { labels: { ...body.labels, mark } })
    },
    keep: (mark) => relabel({ mark, keep: 'yes' }),
    'no longer keep': (mark) => relabel({ mark }),
    delete() {
      const id = unmarked()
      marked.add(id)
      return change('DELETE', `clusters/${id}`)
    },
    async 'force-delete'(mark) {
      const id = doomed()
      return remove(id, () => change('POST', `clusters/${id}/force-delete`, { reason: mark }))
    },
    async finalize() {
      const id = doomed()
      return remove(id, (generation) => change('PUT', `clusters/${id}/statuses`, finalized(generation)))
    },
  }
  const doomed = () => someOf(alive.filter((id) => !isSpared(id)))
  const unmarked = () => someOf(alive.filter((id) => !isSpared(id) && !marked.has(id)))
  const relabel = (labels: Parameters) => {
    const id = unmarked()
    touched.add(id)
    return change('PATCH', `clusters/${id}`, { labels })
  }

  let count = 0
  /** Runs something while all writers write, and asserts that each kind of write was done meanwhile. */
  const whileWriting = async (title: string, run: () => Promise<void>) => {
    for (const turn of turns) done[turn] = 0
    touched.clear()
    let running = true
    const writers = Array.from({ length: WRITERS }, async () => {
      while (running) {
        const turn = turns[count % turns.length] as (typeof turns)[number]
        if (!(await writes[turn](`w${count++}`))) continue
        done[turn] = (done[turn] ?? 0) + 1
        written.emit('write')
      }
    })
    try {
      // A writer that fails ends it, too.
      await Promise.race([run(), Promise.all(writers)])
    } finally {
      running = false
    }
    await Promise.all(writers)
    t.comment(`${title}: ${JSON.stringify(done)}`)
    for (const turn of turns) t.ok(done[turn], `${title}: meanwhile, ${turn}: ${done[turn]}`)
  }
  const existing = async (): Promise<Listed[]> =>
    (await execute(url, `select id, labels from resources where kind = 'Cluster'`)).rows
  return { call, existing, whileWriting, aWrite: () => once(written, 'write'), touched }
}

/** Walks by cursor to the end; `between` is awaited after each step. */
async function walk(call: Application['call'], parameters: Parameters, between: () => Promise<unknown>) {
  const items: Listed[] = []
  const totals = new Set<number>()
  let steps = 0
  for (let cursor: string | undefined = ''; cursor !== undefined; steps++) {
    const { status, body, text } = await call('GET', listOf({ ...parameters, cursor }))
    if (status !== 200) throw new Error(text)
    items.push(...body.items)
    totals.add(body.total)
    cursor = body.next_cursor
    await between()
  }
  return { items, totals, steps }
}

t.test('while clusters are created, changed and removed', async (t) => {
  const { call, existing, whileWriting, aWrite, touched } = await fleet(t)

  await t.test('a walk sees what is there throughout exactly once', async (t) => {
    const walks: Parameters[] = [
      {},
      { order: 'name' },
      { order: 'created_time asc' },
      { order: 'id desc' },
      { order: 'kind,name desc' },
      { search: kept },
      { search: kept, order: 'name desc' },
      { search: kept, order: 'created_by,created_time desc' },
    ]
    for (const parameters of walks) {
      const title = JSON.stringify(parameters)
      const matches = ({ labels }: Listed) => !parameters.search || labels.keep === 'yes'
      await whileWriting(title, async () => {
        const before = (await existing()).filter(matches)
        const size = parameters.search ? '5' : '9'
        const { items, totals, steps } = await walk(call, { ...parameters, size }, aWrite)
        const after = new Set((await existing()).filter(matches).map(({ id }) => id))

        const throughout = before
          .map(({ id }) => id)
          .filter((id) => after.has(id) && !(parameters.search && touched.has(id)))
        const seen = new Set(items.map(({ id }) => id))
        const skipped = throughout.filter((id) => !seen.has(id))
        t.same(skipped, [], `${title}: none of ${throughout.length} was skipped`)
        t.equal(items.length, seen.size, `${title}: none of ${items.length} was repeated`)
        t.ok(items.every(matches), `${title}: all match`)
        t.equal(totals.size, 1, `${title}: the total stays`)
        t.ok(throughout.length > 30, `${title}: ${throughout.length} were there throughout`)
        t.ok(steps > 15, `${title}: there were ${steps} steps`)
      })
    }
  })

  await t.test('a page is of one snapshot', async (t) => {
    const totals = new Set<number>()
    const lists: Parameters[] = [{}, { order: 'name' }, { search: kept }, { order: 'updated_time' }]
    await whileWriting('pages', async () => {
      const read = async (parameters: Parameters) => {
        const title = JSON.stringify(parameters)
        for (let page = 1, isEnd = false; !isEnd; page++) {
          const [step, whole] = await Promise.all([
            call('GET', listOf({ ...parameters, size: '20', page: String(page) })),
            call('GET', listOf({ ...parameters, size: '500' })),
          ])
          t.same([step.status, whole.status], [200, 200], title)
          isEnd = step.body.size === 0
          const expected = Math.max(0, Math.min(20, step.body.total - (page - 1) * 20))
          t.equal(step.body.items.length, expected, `${title}: page ${page} holds what its total says`)
          t.ok(whole.body.total < 500, `${title}: one page holds all`)
          t.equal(whole.body.items.length, whole.body.total, `${title}: all there are`)
          totals.add(whole.body.total)
          await aWrite()
        }
      }
      // Slow writers change the total seldom.
      while (totals.size <= 5) for (const parameters of lists) await read(parameters)
    })
  })
})

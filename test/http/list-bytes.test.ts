/** Lists that are large: how many bytes they may have, and what becomes of those with more. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect } from 'node:net'
import t, { type Test } from 'tap'
import { type Application, application, base, report } from '../application.ts'
import { createDatabase } from '../databases.ts'
import { serving, startReplica } from '../processes.ts'

const KiB = 1024
const MiB = 1024 * KiB

interface Item {
  id: string
  name: string
  spec: { a: string }
}

/** Creates clusters with specs of these sizes, in this order. */
async function create({ call }: Pick<Application, 'call'>, sizes: number[]): Promise<string[]> {
  const ids: string[] = []
  for (const [index, size] of sizes.entries()) {
    const spec = { a: 'x'.repeat(size) }
    const { body, status } = await call('POST', 'clusters', { kind: 'Cluster', name: `sized-${index}`, spec })
    if (status !== 201) throw new Error(JSON.stringify(body))
    ids.push(body.id)
  }
  return ids
}

const small = { HYPERFLEET_LISTS_MAX_BYTES: '64KiB' }
const order = 'order=created_time'

t.test('a page with more bytes than a list may have is refused, with the size that fits', async (t) => {
  const server = await application(t, small)
  const ids = await create(server, Array(10).fill(18 * KiB))
  for (const path of [
    'clusters',
    'clusters?page=1',
    `clusters?${order}&size=4`,
    'clusters?search=name!=%27x%27',
  ]) {
    const { status, body } = await server.call('GET', path)
    t.equal(status, 400, path)
    t.match(body, {
      code: 'HYPERFLEET-VAL-000',
      errors: [{ field: 'size', constraint: 'max', message: /must be at most 3 .*fields.*cursor/ }],
    })
  }
  const pages: Item[] = []
  for (let page = 1; page <= 4; page++)
    pages.push(...(await server.call('GET', `clusters?${order}&size=3&page=${page}`)).body.items)
  t.strictSame(
    pages.map(({ id }) => id),
    ids,
    'that size shows all of them',
  )
  const { status, body } = await server.call('GET', `clusters?${order}&fields=id,name,status`)
  t.equal(status, 200, 'what is not asked for does not count')
  t.equal(body.items.length, 10)
})

t.test('a page has one item at least, however large', async (t) => {
  const server = await application(t, small)
  await create(server, [200 * KiB, 1, 200 * KiB])
  t.match(await server.call('GET', 'clusters?size=1&page=3'), { status: 200, body: { size: 1, total: 3 } })
  const { body } = await server.call('GET', 'clusters?size=2')
  t.match(body.errors, [{ message: /must be at most 1 for/ }])
})

t.test('a walk goes on where a page was cut short, and nothing is lost or seen twice', async (t) => {
  // Bounds below and above the size from which room is reserved.
  for (const [bound, unit] of [
    ['64KiB', KiB],
    ['2MiB', 32 * KiB],
  ] as const) {
    const server = await application(t, { HYPERFLEET_LISTS_MAX_BYTES: bound })
    const sizes = [1, 30, 1, 1, 25, 25, 31, 1, 1, 1, 1, 20, 20, 20, 1].map((size) => size * unit)
    const ids = await create(server, sizes)
    for (const path of [
      `clusters?${order}`,
      'clusters?order=created_time desc',
      `clusters?${order}&search=name!='x'`,
    ]) {
      const seen: Item[] = []
      const counts: number[] = []
      let cursor: string | undefined = ''
      while (cursor !== undefined) {
        const answer = await server.call('GET', encodeURI(`${path}&cursor=${cursor}&size=10`))
        if (answer.status !== 200) throw new Error(answer.text)
        const { items, size, total, next_cursor } = answer.body
        t.equal(size, items.length)
        t.equal(total, ids.length)
        t.ok(answer.text.length <= 64 * unit + KiB || items.length === 1, `${answer.text.length} bytes`)
        counts.push(items.length)
        seen.push(...items)
        cursor = next_cursor
      }
      const wanted = path.includes('desc') ? ids.toReversed() : ids
      t.strictSame(
        seen.map(({ id }) => id),
        wanted,
        path,
      )
      t.ok(counts.length >= 3, `in pages of ${counts}`)
    }
  }
})

t.test('so are reports', async (t) => {
  const server = await application(t, small)
  const [id] = await create(server, [1])
  for (let index = 0; index < 10; index++) {
    const sent = report(`adapter-${index}`, 1, 'True', 0, { data: { a: 'x'.repeat(20 * KiB) } })
    t.equal((await server.call('PUT', `clusters/${id}/statuses`, sent)).status, 200)
  }
  const { status, body } = await server.call('GET', `clusters/${id}/statuses`)
  t.equal(status, 400)
  t.match(body.errors, [{ field: 'size', message: /must be at most 3 for items as large as these$/ }])
  const adapters: string[] = []
  for (let page = 1; page <= 4; page++) {
    const { body } = await server.call('GET', `clusters/${id}/statuses?size=3&page=${page}`)
    adapters.push(...body.items.map(({ adapter }: { adapter: string }) => adapter))
  }
  t.equal(new Set(adapters).size, 10)
})

/** A connection that asks for a list and does not read it. */
async function deaf(t: Test, port: number, path: string) {
  const socket = connect(port, '127.0.0.1').pause()
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  socket.write(`GET ${base}/${path} HTTP/1.1\r\nHost: here\r\n\r\n`)
  await once(socket, 'readable')
  return socket
}

t.test('large lists that have no room are 503, small ones and single resources are not', async (t) => {
  const server = await application(t, {
    HYPERFLEET_LISTS_MAX_BYTES: '12MiB',
    HYPERFLEET_SERVER_UNSENT_LIMIT: '16MiB',
    HYPERFLEET_SERVER_TIMEOUTS_WRITE: '1h',
    HYPERFLEET_DATABASE_POOL_MAX_CONNECTIONS: '5',
    HYPERFLEET_DATABASE_POOL_STATEMENT_TIMEOUT: '50s',
    HYPERFLEET_SERVER_TIMEOUTS_REQUEST: '1m',
  })
  const [id] = await create(server, Array(10).fill(1_000_000))
  await server.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = server.app.server.address() as AddressInfo
  const socket = await deaf(t, port, 'clusters?size=10')
  const refused = await server.call('GET', 'clusters?size=10')
  t.match(refused, { status: 503, headers: { 'retry-after': '1' }, body: { code: 'HYPERFLEET-SVC-001' } })
  t.equal((await server.call('GET', 'clusters?size=10&fields=id')).status, 200)
  t.equal((await server.call('GET', `clusters/${id}`)).status, 200)
  socket.destroy()
  let status = 503
  while (status === 503) ({ status } = await server.call('GET', 'clusters?size=10'))
  t.equal(status, 200, 'once there is room')
  // Side by side, one is read while the others are told to come again.
  const answers = await Promise.all(Array.from({ length: 5 }, () => server.call('GET', 'clusters?size=10')))
  const statuses = answers.map(({ status }) => status).sort()
  t.ok(statuses.includes(200), `one is answered: ${statuses}`)
  t.ok(
    statuses.every((status) => status === 200 || status === 503),
    `${statuses}`,
  )
})

t.test('the memory of the server is bounded, however large the page that is asked for', async (t) => {
  const run = await startReplica(t, { ...serving(await createDatabase()), HYPERFLEET_LOGGING_LEVEL: 'error' })
  const url = `${run.api}${base}/clusters`
  const headers = { 'content-type': 'application/json' }
  const peak = () =>
    Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${run.child.pid}/status`, 'utf8'))?.[1]) * KiB
  for (let index = 0; index < 80; index++) {
    const body = JSON.stringify({ kind: 'Cluster', name: `big-${index}`, spec: { a: 'x'.repeat(1_000_000) } })
    const { status } = await fetch(url, { method: 'POST', headers, body })
    if (status !== 201) throw new Error(`${status}`)
  }
  const before = peak()
  const list = async (query: string) => {
    const answer = await fetch(`${url}?${query}`)
    return { status: answer.status, bytes: (await answer.arrayBuffer()).byteLength }
  }
  t.equal((await list('size=80')).status, 400)
  const answers = await Promise.all(['size=80', 'size=16', 'size=16', 'size=16', 'size=80&cursor='].map(list))
  for (const { status, bytes } of answers) {
    t.ok([200, 400, 503].includes(status), `${status}`)
    t.ok(bytes < 17 * MiB, `${bytes} bytes`)
  }
  // A list of 80 MB alone took 350 MiB.
  const grown = Math.round((peak() - before) / MiB)
  t.ok(grown < 320, `${grown} MiB more than before`)
})

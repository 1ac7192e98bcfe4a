import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { type Application, application, base } from '../application.ts'
import { execute } from '../databases.ts'
import { streams } from '../event-stream.ts'
import { bearer, createIssuer, inSeconds, trusting } from '../issuers.ts'
import { openListeners } from '../listeners.ts'
import { parseMetrics } from '../prometheus.ts'
import { generator, seed, tried } from '../random.ts'

const env = { HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]' }
type Call = Application['call']

let names = 0
const cluster = (spec: object = {}) => ({ kind: 'Cluster', name: `c-${++names}`, spec })

/** The token from which nothing has happened yet. */
const now = async (call: Call, headers?: Record<string, string>): Promise<string> =>
  (await call('GET', 'changes', undefined, headers)).body.next

const itemsSince = async (call: Call, since: string, query = '') =>
  (await call('GET', `changes?since=${since}&limit=1000${query}`)).body.items

t.test('a stream has the entries of pages', async (t) => {
  const own = await application(t, env)
  const { call } = own
  const open = await streams(own)
  const since = await now(call)
  const { body: made } = await call('POST', 'clusters', cluster())
  const stream = await open(`?since=${since}`)
  t.equal(stream.status, 200)
  t.match(stream.headers, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
    'x-request-id': /./,
    vary: /accept/,
  })
  t.equal(stream.headers['content-encoding'], undefined)
  await stream.entries(1)
  await call('PATCH', made.href, { spec: { a: 1 } })
  await stream.entries(2)
  await call('DELETE', made.href)
  const entries = await stream.entries(3)
  const items = await itemsSince(call, since)
  t.strictSame(
    entries.map(({ data }) => data),
    items,
  )
  t.strictSame(
    entries.map(({ id, type }) => [id, type]),
    items.map(({ token, type }: { token: string; type: string }) => [token, type]),
  )
  t.ok(stream.text.startsWith('retry: 1000\n\n'))
  t.equal(own.app.changes.watching, 1)
  stream.close()
  while (own.app.changes.watching) await sleep(5)

  const resumed = await open(`?since=${since}`, { 'last-event-id': items[0].token })
  t.strictSame(
    (await resumed.entries(2)).map(({ data }) => data),
    items.slice(1),
    'Last-Event-ID wins over since',
  )
  resumed.close()
  const fromNow = await open()
  await fromNow.until(() => fromNow.events.length === 1)
  t.equal(fromNow.events[0]?.type, 'bookmark', 'who begins with what comes has a token at once')
  await call('POST', 'clusters', cluster())
  t.strictSame(
    (await fromNow.entries(1)).map(({ data }) => data),
    await itemsSince(call, fromNow.events[0]?.id ?? ''),
  )
  fromNow.close()
})

t.test('only those who ask for a stream get one', async (t) => {
  const own = await application(t, env)
  const { call } = own
  const open = await streams(own)
  for (const [accept, expected] of [
    ['*/*', 'application/json'],
    ['text/*', 'application/json'],
    ['application/json', 'application/json'],
    ['application/json, text/event-stream;q=0.5', 'application/json'],
    ['text/event-stream;q=0', 'application/json'],
    ['text/event-stream, */*', 'text/event-stream'],
    ['application/json;q=0.5, Text/Event-Stream', 'text/event-stream'],
    ['application/json, text/event-stream', 'text/event-stream'],
  ] as const) {
    const stream = await open('', { accept })
    t.equal(stream.headers['content-type'], expected, accept)
    stream.close()
  }
  const accept = { accept: 'text/event-stream' }
  for (const name of ['limit=3', 'wait=1s'])
    t.match(await call('GET', `changes?${name}`, undefined, accept), {
      status: 400,
      body: { errors: [{ field: name.split('=')[0] }] },
    })
  t.equal((await call('GET', 'changes?kind=Nothing', undefined, accept)).status, 400)
  t.equal((await call('GET', 'changes?since=nothing', undefined, accept)).status, 410)
  t.equal((await call('GET', 'changes', undefined, { ...accept, 'last-event-id': 'nothing' })).status, 410)
  const { app } = own
  const head = await app.inject({ method: 'HEAD', url: `${base}/changes`, headers: accept })
  t.match([head.statusCode, head.headers['content-type'], head.body], [200, 'text/event-stream', ''])
  while (app.changes.watching) await sleep(5)
})

t.test('a silent stream shows that it is alive, and where it is', async (t) => {
  const own = await application(t, {
    ...env,
    HYPERFLEET_SERVER_TENANT_ENABLED: 'true',
    HYPERFLEET_SERVER_TENANT_DIMENSIONS: '[{"key":"org","header":"X-Org","required":true}]',
  })
  const { app, call } = own
  t.equal(app.changes.heartbeat, 15_000)
  app.changes.heartbeat = 50
  const open = await streams(own)
  const [ours, theirs] = [{ 'x-org': 'ours' }, { 'x-org': 'theirs' }]
  const stream = await open('', ours)
  await stream.until(() => stream.comments > 1)
  t.equal(stream.events.length, 1)
  await call('POST', 'clusters', cluster(), theirs)
  await stream.until(() => stream.events.length === 2)
  const { comments } = stream
  await stream.until(() => stream.comments > comments + 1)
  t.strictSame(
    stream.events.map(({ type, id, data }) => [type, data.token === id]),
    [
      ['bookmark', true],
      ['bookmark', true],
    ],
    'one bookmark for the change of another tenant',
  )
  const resumed = await open('', { ...ours, 'last-event-id': stream.events[1]?.id ?? '' })
  const { body: made } = await call('POST', 'clusters', cluster(), ours)
  for (const each of [stream, resumed]) {
    t.match(await each.entries(1), [{ data: { id: made.id } }])
    each.close()
  }
})

t.test('a server that ends, ends streams with a bookmark', async (t) => {
  const own = await application(t, env)
  const { app, call } = own
  const open = await streams(own)
  const since = await now(call)
  const [one, other] = [await open(`?since=${since}`), await open()]
  await call('POST', 'clusters', cluster())
  await one.entries(1)
  await other.entries(1)
  const next = await now(call)
  for (const end of app.beforeClose) end()
  for (const stream of [one, other]) {
    await stream.ended
    t.ok(stream.response.complete)
    t.match(stream.events.at(-1), { type: 'bookmark', id: next })
  }
  const late = await open(`?since=${since}`)
  await late.ended
  t.match(late.events.at(-1), { type: 'bookmark', id: since }, 'also one that begins then')
})

t.test('a stream ends with the token of its caller', async (t) => {
  const issuer = await createIssuer(t)
  const own = await application(t, {
    ...env,
    ...trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url }),
  })
  const open = await streams(own)
  const headers = bearer(await issuer.token('first'))
  const other = await open('', headers)
  // Clocks may differ by 30 seconds.
  const stream = await open('', bearer(await issuer.token('first', { exp: inSeconds(-28) })))
  t.equal(stream.status, 200)
  await stream.ended
  t.equal(stream.events.at(-1)?.type, 'bookmark')
  await own.call('POST', 'clusters', cluster(), headers)
  t.match(await other.entries(1), [{ type: 'created' }])
  other.close()
  const resumed = await open('', { ...headers, 'last-event-id': stream.events.at(-1)?.id ?? '' })
  t.match(await resumed.entries(1), [{ type: 'created' }])
  resumed.close()
})

t.test('a slow reader is cut, and loses nothing', async (t) => {
  const own = await application(t, env)
  const { app, call } = own
  const open = await streams(own)
  const since = await now(call)
  const { body: made } = await call('POST', 'clusters', cluster())
  const stream = await open(`?since=${since}&fields=spec`)
  await stream.entries(1)
  stream.response.pause()
  // More than the buffers between the two take.
  const text = 'x'.repeat(50_000)
  let version = 1
  for (; !app.changes.cut && app.changes.watching; version++)
    await call('PATCH', made.href, { spec: { text, version } })
  stream.response.resume()
  await stream.ended
  t.ok(stream.response.complete)
  const last = stream.events.at(-1)
  t.equal(last?.type, 'bookmark')
  const before = await stream.entries(0)
  t.ok(before.length < version, `${before.length} of ${version} entries`)
  const resumed = await open('?fields=id', { 'last-event-id': last?.id ?? '' })
  const after = await resumed.entries(version - before.length)
  resumed.close()
  t.strictSame(
    [...before, ...after].map(({ data }) => data.version),
    Array.from({ length: version }, (_, index) => index + 1),
  )
  const metrics = parseMetrics(await app.counters.registry.metrics())
  t.equal(metrics.get('hyperfleet_api_changes_cut_total')?.samples[0]?.value, 1)
})

t.test('a stream of a feed that is replaced ends, and is not resumed', async (t) => {
  const own = await application(t, env)
  const { call, url } = own
  const open = await streams(own)
  const stream = await open()
  await call('POST', 'clusters', cluster())
  const [entry] = await stream.entries(1)
  await execute(url, 'update change_feed set id = gen_random_uuid()')
  await stream.ended
  t.equal(stream.events.at(-1)?.id, entry?.id, 'without a bookmark')
  const resumed = await open('', { 'last-event-id': entry?.id ?? '' })
  t.equal(resumed.status, 410)
  t.equal((await call('GET', `changes?since=${entry?.id}`)).status, 410)
})

t.test('a server lets so many watch, and no more', async (t) => {
  const own = await application(t, { ...env, HYPERFLEET_CHANGES_MAX_WATCHERS: '2' })
  const { app, call } = own
  const open = await streams(own)
  const stream = await open()
  const waiting = call('GET', 'changes?wait=2m')
  while (app.changes.watching < 2) await sleep(5)
  const refused = await open()
  t.equal(refused.status, 503)
  t.equal(refused.headers['retry-after'], '5')
  t.equal((await call('GET', 'changes?wait=10ms')).status, 503)
  t.equal((await call('GET', 'changes')).status, 200, 'without a wait, nobody watches')
  stream.close()
  while (app.changes.watching > 1) await sleep(5)
  const next = await open()
  t.equal(next.status, 200)
  await call('POST', 'clusters', cluster())
  t.equal((await waiting).status, 200)
  next.close()
})

t.test('a request may wait for longer than a connection may be silent', async (t) => {
  const own = await application(t, { ...env, HYPERFLEET_SERVER_TIMEOUTS_WRITE: '1s' })
  const open = await streams(own)
  const stream = await open()
  const page = await open('?wait=6s', { accept: 'application/json' })
  t.equal(page.status, 200)
  await page.ended
  t.match(JSON.parse(page.text), { items: [] })
  await own.call('POST', 'clusters', cluster())
  await stream.entries(1)
  stream.close()
})

t.test('a stream is one request in log and metrics, and no latency', async (t) => {
  const { ports, lines, app } = await openListeners(t, env)
  const open = (path: string) => fetch(`http://127.0.0.1:${ports.api}${base}/${path}`)
  await (await open('changes')).text()
  const stopping = new AbortController()
  const answer = await fetch(`http://127.0.0.1:${ports.api}${base}/changes`, {
    headers: { accept: 'text/event-stream' },
    signal: stopping.signal,
  })
  t.equal(answer.status, 200)
  while (!app.changes.watching) await sleep(5)
  await sleep(100)
  const requests = () => lines.filter(({ message }) => message === 'request')
  t.equal(requests().length, 1)
  stopping.abort()
  while (app.changes.watching) await sleep(5)
  while (requests().length < 2) await sleep(5)
  t.match(requests()[1], { method: 'GET', path: `${base}/changes`, status_code: 200 })
  t.ok(Number(requests()[1]?.duration_ms) >= 100)
  const metrics = parseMetrics(await app.counters.registry.metrics())
  const of = (metric: string, name = metric) =>
    metrics.get(metric)?.samples.find((each) => each.name === name && each.labels.path?.endsWith('/changes'))
  t.equal(of('hyperfleet_api_requests_total')?.value, 2)
  t.equal(
    of('hyperfleet_api_request_duration_seconds', 'hyperfleet_api_request_duration_seconds_count')?.value,
    1,
  )
})

t.test('readers that are killed and cut anywhere are told of each change once', async (t) => {
  const servers = [await application(t, env)]
  servers.push(await application(t, env, servers[0]?.url))
  const opens = [await streams(servers[0] as Application), await streams(servers[1] as Application)]
  const { call, url } = servers[0] as Application
  const below = generator(seed)
  t.comment(`seed ${seed}`)
  const since = await now(call)
  let isWriting = true
  const write = async () => {
    const hrefs: string[] = []
    for (let count = 0; count < 60; count++) {
      const server = servers[below(2)] as Application
      const href = hrefs[below(hrefs.length || 1)]
      if (href && below(3)) await server.call('PATCH', href, { labels: { at: String(names++) } })
      else {
        const { status, body } = await server.call('POST', 'clusters', cluster())
        if (status === 201) hrefs.push(body.href)
      }
    }
  }
  let total = Number.POSITIVE_INFINITY
  const read = async () => {
    const seen: string[] = []
    for (let id = since; seen.length < total; ) {
      const stream = await opens[below(2)]?.('', { 'last-event-id': id })
      if (stream?.status !== 200) continue
      const count = 1 + below(40)
      const entries = await Promise.race([
        stream.entries(count),
        (async () => {
          while (isWriting || seen.length + (await stream.entries(0)).length < total) await sleep(20)
          return stream.entries(0)
        })(),
      ])
      stream.close()
      // As after a crash: some were dealt with.
      const done = entries.slice(0, isWriting ? below(entries.length + 1) : entries.length)
      seen.push(...done.map(({ data }) => `${data.id} ${data.version}`))
      id = done.at(-1)?.id ?? id
    }
    return seen
  }
  const readers = Array.from({ length: 5 }, read)
  await Promise.all(Array.from({ length: 4 }, write))
  const { rows } = await execute(url, 'select resource_id as id, version from changes order by seq')
  total = rows.length
  isWriting = false
  const all = rows.map(({ id, version }) => `${id} ${version}`)
  tried(t, 'streams', { count: all.length })
  for (const [index, seen] of (await Promise.all(readers)).entries())
    t.strictSame(seen, all, `reader ${index}`)
})

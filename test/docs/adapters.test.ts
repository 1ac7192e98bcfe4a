import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { application, base, condition, conditions, report } from '../application.ts'
import { createDatabase } from '../databases.ts'
import { end, findFreePorts, launch, type Run, root, serving, until } from '../processes.ts'

const guide = readFileSync(new URL('../../docs/adapters.md', import.meta.url), 'utf8')
const example = readFileSync(new URL('../../docs/examples/adapter.mjs', import.meta.url), 'utf8')

t.test('the guide shows the example as it is', async (t) => {
  t.ok(guide.includes(`\`\`\`js\n${example}\`\`\``), 'docs/examples/adapter.mjs')
  t.ok(example.trimEnd().split('\n').length <= 60, 'on one screen')
  t.match(guide, 'node docs/examples/adapter.mjs')
})

t.test('the conditions that the guide promises', async (t) => {
  const { call } = await application(t, { HYPERFLEET_CLUSTER_ADAPTERS: '["validation","dns"]' })
  const [, table = ''] = /<!-- conditions -->\n.*\n.*\n((?:\|.*\n)+)/.exec(guide) ?? []
  const rows = table.trimEnd().split('\n')
  t.ok(rows.length >= 20, `${rows.length} rows`)
  for (const [index, row] of rows.entries()) {
    const [, what = '', answer = '', ...says] = row.split(/ ?\| ?/)
    const steps = Array.from(what.matchAll(/`(.+?)`/g), ([, step = '']) => step)
    let path = 'clusters'
    let last = ''
    for (const [minute, step] of steps.entries()) {
      const { status, headers, body } = await take(path, step, minute, `cluster-${index}`)
      if (step === 'create') path = body.href
      const reason = headers['hyperfleet-discarded']
      last = reason ? `${status} \`${reason}\`` : String(status)
    }
    t.equal(last, answer, `${what}: the last answer`)
    const { status, body } = await call('GET', path)
    for (const [place, [newer, older]] of [
      ['Reconciled', 'Ready'],
      ['LastKnownReconciled', 'Available'],
    ].entries()) {
      const expected = says[place]
      const found = condition(status === 404 ? { status: { conditions: [] } } : body, String(newer))
      const shown = expected?.includes('`') ? `${found?.status} \`${found?.reason}\`` : found?.status
      t.equal(status === 404 ? 'gone' : shown, expected, `${what}: ${newer}`)
      if (status !== 404) t.equal(condition(body, String(older))?.status, found?.status, `${what}: ${older}`)
    }
  }

  /** One step of a row: something that is done to a cluster, or a report on it. */
  function take(path: string, step: string, minute: number, name: string) {
    if (step === 'create') return call('POST', path, { kind: 'Cluster', name, spec: {} })
    if (step === 'patch') return call('PATCH', path, { spec: { changed: minute } })
    if (step === 'label') return call('PATCH', path, { labels: { changed: 'yes' } })
    if (step === 'delete') return call('DELETE', path)
    const [, adapter = '', generation, status = '', late] =
      /^(\w+)@(\d+) (\w+)( an hour ago)?$/.exec(step) ?? []
    const sent = report(adapter, Number(generation), status, late ? minute - 60 : minute)
    if (status === 'Finalized') sent.conditions = conditions('False', [{ type: status, status: 'True' }])
    return call('PUT', `${path}/statuses`, sent)
  }
})

const adapters = {
  HYPERFLEET_CLUSTER_ADAPTERS: '["validator"]',
  HYPERFLEET_NODEPOOL_ADAPTERS: '["validator"]',
}

t.test('the example', async (t) => {
  const url = await createDatabase(adapters)
  const [port = 0] = await findFreePorts(1)
  const api = `http://127.0.0.1:${port}`
  const serve = async (): Promise<Run> => {
    const run = launch(t, 'hyperfleet-api', ['serve'], {
      ...serving(url),
      ...adapters,
      HYPERFLEET_SERVER_HOST: '127.0.0.1',
      HYPERFLEET_SERVER_PORT: String(port),
    })
    await until('it answers', run, () => fetch(`${api}${base}`).catch(() => undefined))
    return run
  }
  const call = async (method: string, path: string, sent?: object) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(new URL(path, api), { method, headers, body: sent && JSON.stringify(sent) })
    return { status: answer.status, body: JSON.parse((await answer.text()) || '{}') }
  }

  let server = await serve()
  const gate = await openGate(t, api)
  const adapter = startAdapter(t, gate.url)
  const isReconciled = (path: string, generation: number) =>
    until(`${path} is reconciled at ${generation}`, adapter, async () => {
      const { body } = await call('GET', path)
      const ready = condition(body, 'Ready')
      return body.generation === generation && ready?.status === 'True' ? body : undefined
    })
  const create = async (path: string, kind: string, name: string): Promise<string> =>
    (await call('POST', path, { kind, name, spec: { size: 1 } })).body.href

  const cluster = await create(`${base}/clusters`, 'Cluster', 'fleet')
  const nodePool = await create(`${cluster}/nodepools`, 'NodePool', 'workers')

  await t.test('makes what is new Ready', async (t) => {
    const { status } = await isReconciled(cluster, 1)
    t.match(status.conditions.at(-1), { type: 'ValidatorSuccessful', status: 'True', observed_generation: 1 })
    await isReconciled(nodePool, 1)
  })

  await t.test('follows a spec that changes after it was read', async (t) => {
    const held = gate.hold('"size": 2')
    await call('PATCH', cluster, { spec: { size: 2 } })
    await held.arrived
    await call('PATCH', cluster, { spec: { size: 3 } })
    held.release()
    await isReconciled(cluster, 3)
    // The adapter reads the answer after the server has written the report.
    // The adapter reads the answer after the server has written the report.
    const told = /make fleet \{"size":2\}\nreport 2: 200 \nmake fleet \{"size":3\}\nreport 3: 200/
    t.ok(await until('both are told', adapter, async () => told.test(adapter.output.stdout)))
  })

  await t.test('sends a report again after an answer that will pass', async (t) => {
    gate.refuseNext(503)
    await call('PATCH', cluster, { spec: { size: 4 } })
    await isReconciled(cluster, 4)
    t.match(adapter.output.stderr, /PUT \S+: 503/)
    t.equal(
      adapter.output.stdout.match(/make fleet \{"size":4\}/g)?.length,
      1,
      'without doing the work again',
    )
  })

  await t.test('is not harmed by a restart of the server', async (t) => {
    const held = gate.hold('PUT')
    await call('PATCH', cluster, { spec: { size: 5 } })
    await held.arrived
    await end(server.child)
    held.release()
    await until('it has tried in vain', adapter, async () =>
      /PUT \S+: 503 fetch failed/.test(adapter.output.stderr),
    )
    server = await serve()
    await isReconciled(cluster, 5)
    t.equal(adapter.output.stdout.match(/make fleet \{"size":5\}/g)?.length, 1, 'the work was done once')
  })

  await t.test('lets go of what is deleted, node pools first', async (t) => {
    t.equal((await call('DELETE', cluster)).status, 202)
    await until('it is gone', adapter, async () => (await call('GET', cluster)).status === 404)
    t.equal((await call('GET', nodePool)).status, 404)
    t.match(adapter.output.stdout, /remove fleet[\s\S]*remove workers|remove workers[\s\S]*remove fleet/)
  })
})

/** The example as a process, asking as often as it can. */
function startAdapter(t: Test, api: string): Run {
  const child = spawn(process.execPath, ['docs/examples/adapter.mjs'], {
    cwd: root,
    env: { PATH: process.env.PATH, API: api, PERIOD: '0.05' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  const ended = once(child, 'exit').then(([code]) => code)
  t.teardown(() => end(child))
  return { child, output, ended }
}

/** A way to the server on which a test can hold what passes, or have a report refused. */
async function openGate(t: Test, api: string) {
  let held: { what: string; arrived: () => void; released: Promise<void> } | undefined
  let refusal: number | undefined
  /** Waits while what passes is what is held: the method of a request, or a part of an answer. */
  const pass = async (text: string) => {
    if (!held || !text.includes(held.what)) return
    const { arrived, released } = held
    held = undefined
    arrived()
    await released
  }
  const server = http.createServer(async ({ method = '', headers, url }, answer) => {
    if (method === 'PUT' && refusal) {
      answer.writeHead(refusal, { 'retry-after': '1' }).end()
      refusal = undefined
      return
    }
    await pass(method)
    const far = http.request(`${api}${url}`, { method, headers, agent: false }, async (response) => {
      const text = (await response.toArray()).join('')
      await pass(text)
      answer.writeHead(response.statusCode ?? 502, response.headers).end(text)
    })
    // As if nobody stood in between.
    far.on('error', () => answer.destroy())
    answer.req.pipe(far)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Holds the next request of a method, or answer with a text, from when it has arrived until it is released. */
    hold(what: string) {
      let release = () => {}
      const released = new Promise<void>((resolve) => {
        release = resolve
      })
      const arrived = new Promise<void>((resolve) => {
        held = { what, arrived: resolve, released }
      })
      return { arrived, release }
    },
    refuseNext(status: number) {
      refusal = status
    },
  }
}

/** examples/poller.ts on a real server: it reports clusters that are not reconciled, and lists all clusters once. */
import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { base, report } from '../application.ts'
import { end, PATIENCE_MS, quickStart, temporaryFolder } from '../processes.ts'
import { parseMetrics } from '../prometheus.ts'

interface Told {
  id: string
  generation: number
}

/** What a poller has told so far. */
function toldBy(poller: ChildProcess): Told[] {
  const told: Told[] = []
  let rest = ''
  poller.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    told.push(...lines.map((line) => JSON.parse(line)))
  })
  return told
}

t.test('a poller on the feed', async (t) => {
  const folder = await temporaryFolder(t)
  const { api, metrics } = await quickStart(t, {
    HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]',
    HYPERFLEET_DATABASE_EMBEDDED_DIR: `${folder}/postgres`,
  })
  const send = async (method: string, path: string, body: object) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${api}${base}${path}`, { method, headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(await answer.text())
    return answer.json() as Promise<Told & { href: string }>
  }
  const create = (name: string) => send('POST', '/clusters', { kind: 'Cluster', name, spec: {} })
  const lists = async () => {
    const { samples = [] } =
      parseMetrics(await (await fetch(`${metrics}/metrics`)).text()).get(
        'hyperfleet_db_query_duration_seconds',
      ) ?? {}
    return samples
      .filter(
        ({ name, labels }) =>
          name.endsWith('_count') && /^list_(unfiltered_)?resources$/.test(labels.table ?? ''),
      )
      .reduce((sum, { value }) => sum + value, 0)
  }

  const before = await create('before')
  const poller = spawn(process.execPath, ['--import', 'tsx', 'examples/poller.ts', api], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => end(poller))
  const told = toldBy(poller)
  const expect = async (expected: [id: string, generation: number][]) => {
    for (const giveUp = Date.now() + PATIENCE_MS; told.length < expected.length && Date.now() < giveUp; )
      await sleep(20)
    t.strictSame(
      told.map(({ id, generation }) => [id, generation]),
      expected,
    )
  }
  await expect([[before.id, 1]])
  const after = await create('after')
  await expect([
    [before.id, 1],
    [after.id, 1],
  ])
  await send('PUT', `/clusters/${before.id}/statuses`, report('validation', 1, 'True', 1))
  await send('PATCH', `/clusters/${before.id}`, { spec: { region: 'eu' } })
  await expect([
    [before.id, 1],
    [after.id, 1],
    [before.id, 2],
  ])
  t.equal(await lists(), 1, 'all clusters are listed once')
})

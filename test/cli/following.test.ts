/** wait and watch while the server is killed and comes back, on a server without a feed of changes, and when the user ends them. */
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { base, report } from '../application.ts'
import { createEmptyDatabase } from '../databases.ts'
import { checkoutBefore, lackOfBefore } from '../faults/attack/release-before.ts'
import { type Environment, launch, serving, until } from '../processes.ts'
import { commandLine, type Server, startServer, watchersOf } from './command-line.ts'

const adapters: Environment = { HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]' }

const send = async ({ api }: Server, method: string, path: string, body: unknown) => {
  const answer = await fetch(`${api}${base}/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(await answer.text())
  return (await answer.json()) as { id: string }
}
const createCluster = (server: Server, name: string) =>
  send(server, 'POST', 'clusters', { kind: 'Cluster', name, spec: {} })
const reportOn = (server: Server, id: string, available: string, minute: number) =>
  send(server, 'PUT', `clusters/${id}/statuses`, report('validation', 1, available, minute))

t.test('a server that is killed and started again', async (t) => {
  const server = await startServer(t, adapters)
  const { start } = await commandLine(t, server.api)
  const { id } = await createCluster(server, 'one')
  const waiting = start(['wait', 'cluster', 'one', '--for', 'condition=Reconciled', '--timeout', '5m'])
  const watching = start(['watch', 'clusters'])
  const followed = (run: typeof waiting) =>
    until('both follow the feed', run, async () => (await watchersOf(server)) === 2)
  await followed(waiting)

  await reportOn(server, id, 'False', 1)
  await until('the report is told', watching, async () =>
    /reported {2}cluster\/one/.test(watching.output.stdout),
  )
  await server.kill()
  await delay(1000)
  t.equal(waiting.child.exitCode, null, 'wait goes on')
  t.equal(watching.child.exitCode, null, 'watch goes on')
  await server.start()
  await followed(waiting)
  await reportOn(server, id, 'True', 2)

  t.equal(await waiting.ended, 0, waiting.output.stderr)
  t.equal(waiting.output.stdout, 'cluster/one Reconciled=True\n')
  await until(
    'the second report is told',
    watching,
    async () => watching.output.stdout.split('\n').length > 2,
  )
  t.match(
    watching.output.stdout,
    /^\S+ {2}reported {2}cluster\/one {2}generation=1 {2}by=validation {2}.*Reconciled.*\n$/m,
  )
  t.equal(watching.output.stdout.match(/ {2}reported {2}/g)?.length, 2, 'each change once')
  watching.child.kill('SIGINT')
  t.equal(await watching.ended, 130, 'the user has ended it')
  t.equal(watching.output.stderr, '')
})

t.test('changes while the server was away are told', async (t) => {
  const server = await startServer(t, adapters)
  const { run, start } = await commandLine(t, server.api)
  const { id } = await createCluster(server, 'one')
  const watching = start(['watch', 'cluster', 'one', '-o', 'json', '--count', '2'])
  await until('it follows the feed', watching, async () => (await watchersOf(server)) === 1)
  await createCluster(server, 'two')
  await reportOn(server, id, 'False', 1)
  await reportOn(server, id, 'True', 2)
  t.equal(await watching.ended, 0)
  const told = watching.output.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.match(told, [
    { type: 'reported', id, resource: { name: 'one' } },
    { type: 'reported', id, changed: /Reconciled/ },
  ])
  const again = await run(['watch', '--since', told[0].token, '--count', '1', '-o', 'json'])
  t.equal(JSON.parse(again.stdout).token, told[1].token, 'from a token on')
  t.match(await run(['watch', '--since', 'nonsense']), { code: 1, stderr: /HYPERFLEET-GON-001/ })
  t.match(await run(['watch', '--since', 'start', '--count', '2']), {
    code: 0,
    stdout: /state {2}cluster\/one[\s\S]*state {2}cluster\/two/,
  })
})

t.test('watch with a search tells of those that match, and of those that do no more', async (t) => {
  const server = await startServer(t)
  const { run, start } = await commandLine(t, server.api)
  for (const name of ['inner', 'outer']) await createCluster(server, name)
  t.equal((await run(['patch', 'cluster', 'inner', '--patch', 'labels: {env: prod}'])).code, 0)
  const watching = start(['watch', 'clusters', '--label', 'env=prod', '--count', '3'])
  await until('it follows the feed', watching, async () => (await watchersOf(server)) === 1)
  const label = (name: string, env: string) =>
    run(['patch', 'cluster', name, '--patch', `labels: {env: ${env}}`])
  for (const [name, env] of [
    ['outer', 'test'],
    ['inner', 'test'],
    ['outer', 'prod'],
    ['outer', 'stage'],
  ] as const)
    t.equal((await label(name, env)).code, 0)
  t.equal(await watching.ended, 0, watching.output.stderr)
  const told = watching.output.stdout.trim().split('\n')
  t.match(told, [/ {2}left {2}/, / {2}changed {2}cluster\/outer {2}/, / {2}left {2}/])
})

t.test('wait for a deletion', async (t) => {
  const server = await startServer(t)
  const { run, start } = await commandLine(t, server.api)
  await createCluster(server, 'one')
  const waiting = start(['wait', 'cluster', 'one', '--for', 'delete'])
  await until('it follows the feed', waiting, async () => (await watchersOf(server)) === 1)
  t.equal((await run(['delete', 'cluster', 'one'])).code, 0)
  t.equal(await waiting.ended, 0, waiting.output.stderr)
  t.match(await run(['wait', 'cluster', 'one', '--for', 'condition=Ready']), { code: 3 })
})

t.test('a server that is away', async (t) => {
  const server = await startServer(t)
  const { run } = await commandLine(t, server.api)
  await server.kill()
  t.match(await run(['get', 'clusters']), {
    code: 7,
    stderr: /^error: http.* cannot be reached: ECONNREFUSED\n$/,
  })
  t.match(await run(['wait', 'cluster', 'one', '--for', 'condition=Ready', '--timeout', '1s']), { code: 7 })
})

t.test('a server of the release before, which has neither feed nor history', async (t) => {
  const lack = lackOfBefore()
  if (lack) {
    t.pass('the release before', { skip: lack })
    return
  }
  const cwd = await checkoutBefore(t)
  const url = await createEmptyDatabase()
  const migrating = launch(t, 'hyperfleet-api', ['migrate'], { ...serving(url), ...adapters }, cwd)
  t.equal(await migrating.ended, 0, migrating.output.stderr)
  const server = await startServer(t, adapters, { url, cwd })
  const { run, start } = await commandLine(t, server.api)
  t.match(await run(['create', 'cluster', 'one']), { code: 0, stdout: 'cluster/one created\n' })
  const { id } = JSON.parse((await run(['get', 'cluster', 'one', '-o', 'json'])).stdout)

  const waiting = start(['wait', 'cluster', 'one', '--for', 'condition=Ready', '--timeout', '5m'])
  const watching = start(['watch', 'clusters', '--count', '2'])
  await until('it lists', watching, async () => /listed every second/.test(watching.output.stderr))
  await delay(3000)
  t.match(await run(['report', 'cluster', 'one', '--adapter', 'validation', '--available', 'True']), {
    code: 0,
  })
  t.equal(await waiting.ended, 0, waiting.output.stderr)
  t.equal(waiting.output.stdout, 'cluster/one Ready=True\n')
  t.match(await run(['patch', 'cluster', 'one', '--patch', 'labels: {a: b}']), { code: 0 })
  t.equal(await watching.ended, 0)
  t.match(watching.output.stdout, /reported {2}cluster\/one .*status\n.*changed {2}cluster\/one .*labels/)

  t.match(await run(['history', 'cluster', 'one']), {
    code: 1,
    stderr: /this server has no history of Cluster: it is of an older release/,
  })
  t.match(JSON.parse((await run(['get', 'cluster', id, '-o', 'json'])).stdout), { name: 'one' })
  t.match(await run(['watch']), { code: 2, stderr: /no feed of changes/ })
  t.match(await run(['search', "name = 'one'"]), { code: 0, stdout: /Cluster +one / })
  t.match(await run(['explain', 'cluster', 'one']), { code: 0, stdout: /Cluster "one" is reconciled/ })
})

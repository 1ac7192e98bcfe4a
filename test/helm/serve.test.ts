/** What the chart renders, run: the configuration by the real migration and server, the pods' scripts by themselves. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parse as parseYaml } from 'yaml'
import { valueAt } from '../../server/config/file.ts'
import { loadConfig } from '../../server/config/load.ts'
import { settings, root as settingsRoot } from '../../server/config/settings.ts'
import { milliseconds } from '../../server/config/units.ts'
import { createEmptyDatabase, kinds } from '../databases.ts'
import { type Environment, findFreePorts, launch, root, temporaryFolder, until } from '../processes.ts'
import { scrape } from '../prometheus.ts'
import { type Manifest, only, parse, renderSet, sets, skip, writeSecret } from './helm.ts'

const environmentOf = ({ env = [] }: Manifest): Environment =>
  Object.fromEntries(env.map(({ name, value }: Manifest) => [name, value]))

/** Migrates and serves as the pods of a set would, but for paths and ports; resolves with where, and what the helm test says. */
async function serveSet(t: Test, name: string, besides: Environment = {}) {
  const manifests = parse(renderSet(name))
  const folder = await temporaryFolder(t)
  const url = await createEmptyDatabase()
  writeSecret(join(folder, 'database'), url)
  const { data } = only(manifests, 'ConfigMap', 'hyperfleet-api')
  const { host } = new URL(url)
  writeFileSync(join(folder, 'config.yaml'), data['config.yaml'].replace('replica.example.com:5432', host))
  const [api = 0, health = 0, metrics = 0] = await findFreePorts(3)
  const env = {
    HYPERFLEET_CONFIG: join(folder, 'config.yaml'),
    HYPERFLEET_DATABASE_SECRET_DIR: join(folder, 'database'),
    HYPERFLEET_SERVER_PORT: `${api}`,
    HYPERFLEET_HEALTH_PORT: `${health}`,
    HYPERFLEET_METRICS_PORT: `${metrics}`,
    HYPERFLEET_HEALTH_DRAIN_DELAY: '0s',
    ...besides,
  }
  const schema = manifests.find(({ metadata }) => metadata.name === 'hyperfleet-api-schema')
  if (schema) {
    const file = join(folder, 'openapi.yaml')
    writeFileSync(file, schema.data['openapi.yaml'])
    Object.assign(env, { HYPERFLEET_SERVER_OPENAPI_SCHEMA_PATH: file })
  }

  const [migration] = only(manifests, 'Job').spec.template.spec.containers
  const migrating = launch(t, 'hyperfleet-api', migration.args, { ...env, ...environmentOf(migration) })
  t.equal(await migrating.ended, 0, migrating.output.stderr)

  const [test] = only(manifests, 'Pod').spec.containers
  const { READYZ, METADATA, ...rest } = environmentOf(test)
  const here = (address: string, port: number) => address.replace(/\/\/[^/]+/, `//localhost:${port}`)
  const ask = (path = '') =>
    spawnSync(process.execPath, test.command.slice(1), {
      encoding: 'utf8',
      env: { ...rest, READYZ: `${here(READYZ ?? '', health)}${path}`, METADATA: here(METADATA ?? '', api) },
    })
  t.not(ask().status, 0, 'helm test fails while nobody is there')
  const server = launch(t, 'hyperfleet-api', ['serve'], env)
  await until('helm test', server, async () => ask().status === 0)
  t.equal(ask('/nowhere').status, 1, 'helm test fails when an answer is no success')
  t.match(ask().stdout, /^200 .*\/readyz[\s\S]*^200 .*"kind":"API"/m)
  return { api: here(METADATA ?? '', api), metrics: `http://localhost:${metrics}`, server }
}

t.jobs = 2

t.test('reference: the values of the Go implementation', { skip }, async (t) => {
  const { api, server } = await serveSet(t, 'reference', { HYPERFLEET_DATABASE_SSL_MODE: 'disable' })
  t.equal((await fetch(`${api}/channels`)).status, 401, 'its kinds and issuers are those of the server')
  // One line names what the server ignores of its configuration.
  t.match(server.output.stdout, /server\.hostname/)
})

t.test('try: as it is', { skip }, async (t) => {
  const { api } = await serveSet(t, 'try')
  const body = JSON.stringify({ kind: 'Cluster', name: 'my-cluster', spec: {} })
  const answer = await fetch(`${api}/clusters`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  })
  t.equal(answer.status, 201)
})

t.test('production: with tokens', { skip }, async (t) => {
  // The database of the tests speaks no TLS.
  const { api } = await serveSet(t, 'production', { HYPERFLEET_DATABASE_SSL_MODE: 'disable' })
  t.equal((await fetch(`${api}/clusters`)).status, 401)
})

t.test('provider-schema: a spec must fit', { skip }, async (t) => {
  const { api } = await serveSet(t, 'provider-schema')
  const body = JSON.stringify({ kind: 'Cluster', name: 'my-cluster', spec: {} })
  const answer = await fetch(`${api}/clusters`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  })
  t.equal(answer.status, 400)
})

t.test('read-replica: lists come from it, as from any that is fresh', { skip }, async (t) => {
  // The database is the replica, too.
  const { api, metrics, server } = await serveSet(t, 'read-replica')
  const valueNow = async (name: string, labels: Record<string, string> = {}) =>
    (await scrape(t, metrics)).value(name, labels) ?? 0
  await until('the replica', server, async () => (await valueNow('hyperfleet_db_replica_usable')) === 1)
  const asked = () =>
    valueNow('hyperfleet_db_query_duration_seconds_count', {
      server: 'replica',
      table: 'list_unfiltered_resources',
    })
  t.equal(await asked(), 0)
  t.equal((await fetch(`${api}/clusters`)).status, 200)
  t.equal(await asked(), 1)
})

t.test('durations: other numbers', { skip }, async (t) => {
  await serveSet(t, 'durations')
})

t.test('dual-stack: all listeners are reached by IPv4 and IPv6', { skip }, async (t) => {
  const { api, metrics } = await serveSet(t, 'dual-stack', { HYPERFLEET_DATABASE_SSL_MODE: 'disable' })
  for (const host of ['127.0.0.1', '[::1]']) {
    t.equal((await fetch(api.replace('localhost', host))).status, 200, host)
    t.equal((await fetch(`${metrics.replace('localhost', host)}/metrics`)).status, 200, host)
  }
})

t.test('tls: the helm test asks with TLS, too', { skip }, async (t) => {
  const files = ['SERVER', 'HEALTH', 'METRICS'].map((listener) => [
    [`HYPERFLEET_${listener}_TLS_CERT_FILE`, join(root, 'test/data/tls/server.pem')],
    [`HYPERFLEET_${listener}_TLS_KEY_FILE`, join(root, 'test/data/tls/server.key')],
  ])
  const { api } = await serveSet(t, 'tls', Object.fromEntries(files.flat()))
  t.match(api, 'https://')
})

for (const set of sets) {
  t.test(`${set}: the server takes the configuration and ends in time`, { skip }, async (t) => {
    const manifests = parse(renderSet(set))
    const folder = await temporaryFolder(t)
    const file = join(folder, 'config.yaml')
    const deployment = only(manifests, 'Deployment')
    const { spec } = deployment.spec.template
    const [container] = spec.containers
    writeSecret(join(folder, 'database'), 'postgres://owner:secret@db.example.com:6543/fleet')
    writeFileSync(file, only(manifests, 'ConfigMap', deployment.metadata.name).data['config.yaml'])
    const env = { HYPERFLEET_DATABASE_SECRET_DIR: join(folder, 'database'), ...environmentOf(container) }
    const config = loadConfig(kinds, { file, env })

    const { drain_delay, shutdown_timeout } = config.health
    const sleep = container.lifecycle?.preStop.sleep.seconds ?? 0
    const longest = (milliseconds(drain_delay) + milliseconds(shutdown_timeout)) / 1000 + 5 + sleep
    t.ok(
      spec.terminationGracePeriodSeconds >= longest,
      `${spec.terminationGracePeriodSeconds} s for ${longest}`,
    )

    for (const [name, listener] of [
      ['http', config.server],
      ['health', config.health],
      ['metrics', config.metrics],
    ] as const) {
      t.equal(listener.host, set === 'dual-stack' ? '::' : '0.0.0.0')
      t.equal(container.ports.find((port: Manifest) => port.name === name).containerPort, listener.port, name)
      const services = manifests.filter(
        ({ kind, spec }) => kind === 'Service' && spec.ports.some((port: Manifest) => port.name === name),
      )
      t.match(services, [{ spec: { selector: deployment.spec.selector.matchLabels } }])
      t.equal(services.length, 1, `one Service has ${name}`)
      t.match(
        services[0].spec.ports.find((port: Manifest) => port.name === name),
        { port: listener.port, targetPort: name },
      )
      if (name !== 'http') t.equal(services[0].spec.type, 'ClusterIP', `${name} stays within the cluster`)
    }
    const [test] = only(manifests, 'Pod').spec.containers
    for (const address of Object.values(environmentOf(test)).filter((value) => value.includes('://'))) {
      const { hostname, port } = new URL(address)
      const asked = only(manifests, 'Service', hostname.replace('.fleet.svc', ''))
      t.ok(
        asked.spec.ports.some((each: Manifest) => `${each.port}` === port),
        `helm test finds ${address}`,
      )
    }

    const { conn_retry_attempts, conn_retry_interval } = config.database.pool
    const { periodSeconds, failureThreshold } = container.startupProbe
    t.ok(
      periodSeconds * failureThreshold * 1000 >= conn_retry_attempts * milliseconds(conn_retry_interval),
      'a server that waits for the migration is left alone',
    )
    const scheme = config.health.tls.enabled ? 'HTTPS' : 'HTTP'
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'])
      t.equal(container[probe].httpGet.scheme, scheme)
    t.ok(
      container.readinessProbe.timeoutSeconds * 1000 > milliseconds(config.health.db_ping_timeout),
      'the reason arrives in time',
    )

    const pooler = spec.initContainers?.find((each: Manifest) => each.name === 'pgbouncer')
    if (pooler) {
      t.match(
        config.database,
        { host: '127.0.0.1', port: 6432, ssl: { mode: 'disable' } },
        'the pooler is in the pod',
      )
      t.equal(
        config.database.pool.prepared_statements,
        /max_prepared_statements = [1-9]/.test(pooler.args[0]),
      )
      const limit = milliseconds(config.database.pool.statement_timeout)
      t.match(pooler.args[0], `set statement_timeout = ${limit}'`)
    } else
      t.match(config.database, { host: 'db.example.com', port: 6543, username: 'owner', password: 'secret' })
  })
}

/** Where a chart knows better: how long a migration may take, since it has a probe for that. */
const others: Record<string, unknown> = { 'database.pool.conn_retry_attempts': 90 }

t.test("what the chart says of config are the server's defaults", async (t) => {
  const values = parseYaml(readFileSync(new URL('../../helm/values.yaml', import.meta.url), 'utf8'))
  const said = settings(settingsRoot).flatMap(({ path, key, schema }) => {
    const value = valueAt(values.config, path)
    return value === undefined ? [] : [{ key, value, default: schema.default }]
  })
  t.ok(said.length >= 5)
  for (const { key, value, ...server } of said) t.equal(value, others[key] ?? server.default, key)
})

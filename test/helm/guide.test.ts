/** docs/operating.md: its values render, its commands have flags that helm knows, and its check list holds on a server. */
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { loadConfig } from '../../server/config/load.ts'
import { milliseconds } from '../../server/config/units.ts'
import { createDatabase, kinds } from '../databases.ts'
import { createIssuer, trusting } from '../issuers.ts'
import { findFreePorts, launch, root, serving, temporaryFolder, until } from '../processes.ts'
import { only, parse, render, run, skip, writeSecret } from './helm.ts'

const guide = readFileSync(join(root, 'docs/operating.md'), 'utf8')
const blockAfter = (mark: string) =>
  new RegExp(`<!-- ${mark} -->\n\`\`\`\\w+\n([\\s\\S]*?)\`\`\``).exec(guide)?.[1] ?? ''
const provider = 'test/data/provider-3.0.yaml'

t.test('the values are those of a whole release', { skip }, async (t) => {
  const file = join(await temporaryFolder(t), 'values.yaml')
  writeFileSync(file, blockAfter('values'))
  const manifests = parse(render('-f', file))
  for (const kind of ['Deployment', 'Job', 'NetworkPolicy', 'ServiceMonitor', 'PrometheusRule']) {
    t.ok(
      manifests.some((each) => each.kind === kind),
      kind,
    )
  }

  const commands = Array.from(guide.matchAll(/^helm (install|upgrade(?: --install)?) (.*)$/gm))
  t.ok(commands.length >= 3)
  for (const [command, , words = ''] of commands) {
    const args = words.replace('values.yaml', () => (words.includes('values-try') ? 'values.yaml' : file))
    const moved = args.replace('=provider.yaml', `=${provider}`).split(' ')
    t.match(run('template', ...moved), 'kind: Deployment', command)
  }
})

t.test(
  'the values for tenants, IPv6 and load balancers fit the others, and the server takes them',
  { skip },
  async (t) => {
    const folder = await temporaryFolder(t)
    const file = (name: string) => {
      writeFileSync(join(folder, name), blockAfter(name))
      return `--values=${join(folder, name)}`
    }
    writeSecret(join(folder, 'database'), 'postgres://owner:secret@db.example.com:5432/fleet')
    const env = { HYPERFLEET_DATABASE_SECRET_DIR: join(folder, 'database') }
    for (const name of ['tenancy', 'ipv6', 'gke', 'alb']) {
      const manifests = parse(render(file('values'), file(name)))
      const deployment = only(manifests, 'Deployment')
      const config = join(folder, 'config.yaml')
      writeFileSync(config, only(manifests, 'ConfigMap', deployment.metadata.name).data['config.yaml'])
      const { server, health } = loadConfig(kinds, { file: config, env })
      if (name === 'tenancy') {
        t.strictSame([server.tenant.enabled, server.tenant.dimensions.length], [true, 2])
        const { ingress } = only(manifests, 'NetworkPolicy', 'hyperfleet-api').spec
        t.match(ingress[0].from, [{ podSelector: { matchLabels: { app: 'gateway' } } }], 'the gateway alone')
        continue
      }
      if (name === 'ipv6') {
        t.strictSame([server.host, health.host], ['::', '::'])
        continue
      }
      // A load balancer that takes 5 s twice to notice, and keeps idle connections for so long.
      const kept = { gke: 600, alb: 60 }[name] ?? 0
      t.ok(milliseconds(health.drain_delay) > 10_000, name)
      t.ok(milliseconds(server.timeouts.keep_alive) > kept * 1000, name)
      const { annotations } = only(manifests, name === 'gke' ? 'Service' : 'Ingress').metadata
      t.match(JSON.stringify(annotations), name === 'gke' ? 'backend-config' : '/readyz')
    }
  },
)

t.test('the check list holds on a server', async (t) => {
  const issuer = await createIssuer(t)
  const [api, health, metrics] = await findFreePorts(3)
  const server = launch(t, 'hyperfleet-api', ['serve'], {
    ...serving(await createDatabase()),
    ...trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url }),
    HYPERFLEET_SERVER_PORT: `${api}`,
    HYPERFLEET_HEALTH_PORT: `${health}`,
    HYPERFLEET_METRICS_PORT: `${metrics}`,
    HYPERFLEET_SERVER_OPENAPI_SCHEMA_PATH: join(root, provider),
  })
  await until('the server is ready', server, () =>
    fetch(`http://localhost:${health}/readyz`).catch(() => undefined),
  )
  const here = blockAfter('check')
    .replaceAll('localhost:8000', `localhost:${api}`)
    .replaceAll('localhost:8080', `localhost:${health}`)
    .replaceAll('localhost:9090', `localhost:${metrics}`)
    // Answers come without a line end.
    .replaceAll(/^(curl .*)$/gm, '$1; echo')
  const { stdout } = await promisify(execFile)('bash', ['-c', here], {
    env: { PATH: process.env.PATH, TOKEN: await issuer.token('first') },
  })
  const [ready, about, refused, , list, schema, , ...gauges] = stdout.split('\n')
  t.same(JSON.parse(ready ?? ''), { status: 'ok' })
  t.match(JSON.parse(about ?? ''), {
    version: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version,
  })
  t.equal(refused, '401')
  t.match(JSON.parse(list ?? ''), { kind: 'ClusterList', total: 0 })
  t.match(JSON.parse(schema ?? ''), { properties: Object })
  t.match(gauges.join('\n'), 'hyperfleet_api_resource_pending_reconciliation')
})

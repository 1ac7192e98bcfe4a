/** The values of the chart of the Go implementation (helm/files/reference-values.yaml): each is used, or named as one without effect. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse as parseYaml } from 'yaml'
import { root } from '../processes.ts'
import { notesOf, only, parse, render, skip, valuesOf } from './helm.ts'

const templates = join(root, 'helm/templates')
const table = parseYaml(readFileSync(join(root, 'helm/files/reference-values.yaml'), 'utf8'))

/** A value for each of ours that one of theirs becomes; for theirs, where it is written otherwise. */
const samples: Record<string, unknown> = {
  'config.server.port': 8123,
  'config.health.port': 8124,
  'config.metrics.port': 8125,
  podLabels: { team: 'fleet' },
  'config.tracing.enabled': true,
  'config.tracing.service_name': 'fleet',
  'podMonitoring.enabled': true,
  'podMonitoring.interval': '17s',
  'podMonitoring.labels': { a: 'b' },
  'prometheusRule.enabled': true,
  'prometheusRule.labels': { a: 'b' },
  'serviceMonitor.enabled': true,
  'serviceMonitor.interval': '17s',
  'serviceMonitor.scrapeTimeout': '7s',
  'serviceMonitor.labels': { a: 'b' },
  'dashboard.enabled': true,
  existingConfig: 'old-config',
  'adapters.cluster': ['other'],
  'adapters.nodepool': ['other'],
  'auth.enableJwt': true,
  'auth.issuers': [{ issuerUrl: 'https://sso.example.com', jwkCertUrl: 'https://sso.example.com/certs' }],
  'config.server.jwt.configs': [
    { issuer_url: 'https://sso.example.com', jwk_cert_url: 'https://sso.example.com/certs' },
  ],
  'database.sslMode': 'verify-full',
  'postgresql.enabled': true,
  'postgresql.password': 'a',
  'postgresql.resources': { limits: { memory: '1Gi' } },
  'postgresql.storage.size': '3Gi',
  'postgresql.storage.className': 'fast',
}

/** What makes the others visible: monitors that are on, and a database of the chart's own. */
const monitors = ['podMonitoring', 'prometheusRule', 'serviceMonitor', 'dashboard'].map(
  (name) => `--set=${name}.enabled=true`,
)
const secret = ['--set=database.existingSecret=hyperfleet-db']

const set = (path: string, value: unknown) => `--set-json=${path}=${JSON.stringify(value)}`
const own = [set('postgresql.enabled', true), set('postgresql.password', 'b')]
const base = [set('adapters', { cluster: ['validation'], nodepool: [] }), set('auth.enableJwt', false)]

/** The arguments beside which a value has an effect. */
function besides(path: string): string[] {
  if (path === 'postgresql.enabled') return [...base, ...own.slice(1)]
  if (path === 'auth.enableJwt') return [...base, ...secret, set('auth.issuers', samples['auth.issuers'])]
  if (path.startsWith('postgresql.')) return [...base, ...own]
  const isSwitch = path.endsWith('.enabled')
  return [...base, ...secret, ...(isSwitch ? [] : monitors)]
}

t.test('each template begins with the values of the reference', async (t) => {
  const files = readdirSync(templates, { recursive: true }).map(String)
  for (const file of files.filter((each) => /\.(yaml|txt)$/.test(each)))
    t.match(
      readFileSync(join(templates, file), 'utf8'),
      /^\{\{- include "hyperfleet-api\.adopt" \. -\}\}\n/,
      file,
    )
})

t.test('a value that is elsewhere does what ours does', { skip }, async (t) => {
  for (const [theirs, ours] of Object.entries<string>(table.moved)) {
    const args = besides(ours)
    const value = samples[ours]
    const expected = render(...args, set(ours, value))
    t.equal(render(...args, set(theirs, samples[theirs] ?? value)), expected, `${theirs} is ${ours}`)
    const without = ours === 'postgresql.enabled' ? [...base, ...secret] : args
    t.not(expected, render(...without), `${ours} has an effect`)
  }
})

t.test('a value without effect is named in the notes', { skip }, async (t) => {
  const args = [...base, ...secret, ...monitors]
  const plain = render(...args)
  const ignored = Object.entries<string>(table.ignored)
  const given = (path: string) => set(path, path === 'config.database.port' ? 5433 : 'a')
  for (const [path] of ignored) t.equal(render(...args, given(path)), plain, path)
  const notes = await notesOf(t, ...args, ...ignored.map(([path]) => given(path)))
  for (const [path, reason] of ignored) t.match(notes, `\n- ${path}: ${reason}\n`)
  t.notMatch(await notesOf(t, ...args), 'have no effect')
})

t.test('a value that is a variable here is in servers and migration', { skip }, async (t) => {
  for (const [path, name] of Object.entries<string>(table.variables)) {
    const manifests = parse(render(...base, ...secret, set(path, 'a')))
    for (const kind of ['Deployment', 'Job']) {
      const [container] = only(manifests, kind).spec.template.spec.containers
      t.match(container.env, [{ name, value: 'a' }], `${path} in ${kind}`)
    }
  }
})

t.test('values that depend on one another', { skip }, async (t) => {
  const manifests = parse(render(...valuesOf('reference')))
  const config = parseYaml(only(manifests, 'ConfigMap', 'hyperfleet-api').data['config.yaml'])
  t.strictSame(config.server.jwt, {
    enabled: true,
    configs: [
      {
        issuer_url: 'https://sso.example.com',
        audience: 'hyperfleet',
        identity_claim: 'email',
        jwk_cert_url: 'https://sso.example.com/certs',
      },
    ],
  })
  t.match(config.entities, [
    { kind: 'Cluster', required_adapters: ['validation', 'dns'] },
    { kind: 'NodePool', required_adapters: ['validation'] },
    { kind: 'Channel' },
    { kind: 'Version', references: [{ ref_type: 'channel' }] },
  ])
  const pod = only(manifests, 'Deployment').spec.template.spec
  t.match(pod.initContainers, [{ name: 'proxy', restartPolicy: 'Always' }])
  t.equal(pod.containers[0].image, 'quay.io/example/hyperfleet-api:1.2.3')
  t.match(pod.volumes, [{ name: 'config' }, { name: 'database', secret: { secretName: 'hyperfleet-db' } }])
  t.match(only(manifests, 'ConfigMap', 'hyperfleet-api-schema').data['openapi.yaml'], 'ChannelSpec')
  t.match(only(manifests, 'PodDisruptionBudget').spec, { minAvailable: 1, maxUnavailable: undefined })

  const off = parse(
    render(
      ...base,
      ...own,
      '--set=database.external.secretName=other,validationSchema.content=a,validationSchema.enabled=false',
    ),
  )
  t.match(only(off, 'StatefulSet'), {}, 'its own database, since the external one is off')
  t.strictSame(
    off.filter(({ metadata }) => metadata.name === 'hyperfleet-api-schema'),
    [],
  )
})

t.test('ConfigMaps that are there already', { skip }, async (t) => {
  const manifests = parse(
    render(
      ...secret,
      '--set=config.existingConfigMap=old-config,ports.api=8001,config.database.ssl.mode=verify-full',
      '--set=validationSchema.enabled=true,validationSchema.existingConfigMap=old-schema',
    ),
  )
  t.strictSame(
    manifests.filter(({ kind }) => kind === 'ConfigMap'),
    [],
    'the chart makes none',
  )
  for (const kind of ['Deployment', 'Job']) {
    const { volumes, containers } = only(manifests, kind).spec.template.spec
    t.match(volumes, [{ name: 'config', configMap: { name: 'old-config' } }], kind)
    const env = Object.fromEntries(
      containers[0].env.map(({ name, value }: { name: string; value: string }) => [name, value]),
    )
    t.match(env, {
      HYPERFLEET_SERVER_HOST: '0.0.0.0',
      HYPERFLEET_SERVER_PORT: '8001',
      HYPERFLEET_HEALTH_PORT: '8080',
      HYPERFLEET_METRICS_TLS_ENABLED: undefined,
      HYPERFLEET_HEALTH_DRAIN_DELAY: '2s',
      HYPERFLEET_DATABASE_SECRET_DIR: '/mnt/secrets/database',
      HYPERFLEET_DATABASE_SSL_MODE: 'verify-full',
      HYPERFLEET_SERVER_OPENAPI_SCHEMA_PATH: '/etc/hyperfleet/schemas/openapi.yaml',
    })
  }
  t.match(only(manifests, 'Deployment').spec.template.spec.volumes, [
    {},
    {},
    {},
    { name: 'provider-schema', configMap: { name: 'old-schema' } },
  ])
})

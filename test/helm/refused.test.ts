/** Values that would make something that does not work are refused, with a sentence that helps. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { passed } from '../../scripts/chart-schema.ts'
import { isTree } from '../../server/config/file.ts'
import { root, temporaryFolder } from '../processes.ts'
import { parse, render, renderSet, skip } from './helm.ts'

/** What helm says when it refuses, white space aside; nothing when it does not. */
function refusal(work: () => unknown): string {
  try {
    work()
    return ''
  } catch (error) {
    return (error as Error).message.replaceAll(/\s+/g, ' ')
  }
}

t.test('nothing set', { skip }, async (t) => {
  const said = refusal(() => render())
  t.match(said, 'adapters.cluster must say which adapters are required for clusters')
  t.match(said, 'adapters.nodepool must say which adapters are required for node pools')
  t.match(said, 'auth.enableJwt is on and auth.issuers names no issuer')
  t.match(said, 'database.existingSecret must name a Secret', 'all at once')
})

const refused: Record<string, [says: string, ...args: string[]]> = {
  'adapters as a text': ['want null or array', '--set=adapters.cluster=validation'],
  'tokens of nobody': ['auth.issuers names no issuer', '--set-json=auth.issuers=[]'],
  'an issuer without its name': [
    'issuerUrl',
    '--set-json=auth.issuers=[{"jwkCertUrl":"https://sso.example.com"}]',
  ],
  'an issuer in the names of the file': [
    'issuer_url',
    '--set-json=auth.issuers=[{"issuer_url":"https://sso.example.com"}]',
  ],
  'tenants without a dimension that is required': [
    'config.server.tenant.enabled is on and config.server.tenant.dimensions has none that is required',
    '--set-json=config.server.tenant={"enabled":true,"dimensions":[{"key":"org","header":"X-Org"}]}',
  ],
  'a value of tenants that there is not': ['rows', '--set=config.server.tenant.rows=true'],
  'two databases': ['postgresql.enabled are both set', '--set=postgresql.enabled=true'],
  'a mode of TLS that there is not': ['sslMode', '--set=database.sslMode=prefer'],
  'a password in a ConfigMap': [
    'database.readUrl has a password',
    '--set=database.readUrl=postgres://me:secret@replica/fleet',
  ],
  'a password in the query of readUrl': [
    'database.readUrl has a password',
    '--set=database.readUrl=postgres://replica/fleet?password=secret',
  ],
  'tokens by a variable': [
    'extraEnv must not have HYPERFLEET_SERVER_JWT_ENABLED',
    '--set-json=extraEnv=[{"name":"HYPERFLEET_SERVER_JWT_ENABLED","value":"false"}]',
  ],
  'a database in config': [
    'config.database.password must not be set: the chart makes it of the Secret',
    '--set=config.database.password=secret',
  ],
  'a URL in config': ['config.database.url must not be set', '--set=config.database.url=postgres://db/fleet'],
  'adapters in config': [
    'config.entities[0].required_adapters of NodePool must not be set: the chart takes them from adapters',
    '--set-json=config.entities=[{"kind":"NodePool","required_adapters":[]}]',
  ],
  'a setting that there is not': ['drain_dealy', '--set=config.health.drain_dealy=3s'],
  'a duration that is none': ['drain_delay', '--set=config.health.drain_delay=3'],
  'no time to end': ['drain_delay', '--set=config.health.drain_delay=null'],
  'a port of its own choice': ['/config/server/port', '--set=config.server.port=0'],
  'no port': ['port', '--set=config.health.port=null'],
  'a value that there is not': ['replicas', '--set=replicas=3'],
  'too little time to end': [
    'terminationGracePeriodSeconds is 30, and the server may take 38 s to end',
    '--set=terminationGracePeriodSeconds=30,config.health.shutdown_timeout=30500ms',
  ],
  'no time to end at all': [
    'terminationGracePeriodSeconds is 0, and the server may take 27 s to end',
    '--set=terminationGracePeriodSeconds=0',
  ],
  'a probe that ends a server which waits': [
    'probes.startup ends a server after 60 s (periodSeconds, failureThreshold), which may wait 270 s',
    '--set=probes.startup.failureThreshold=30',
  ],
  'a server that waits for longer than its probe': [
    'probes.startup ends a server after 300 s (periodSeconds, failureThreshold), which may wait 301 s',
    '--set=config.database.pool.conn_retry_attempts=43,config.database.pool.conn_retry_interval=7s',
  ],
  "Kubernetes' own probe": [
    'probes.startup ends a server after 30 s',
    '--set=probes.startup.periodSeconds=null,probes.startup.failureThreshold=null',
  ],
  'the wait by a variable': [
    'extraEnv must not have HYPERFLEET_DATABASE_POOL_CONN_RETRY_ATTEMPTS',
    '--set-json=extraEnv=[{"name":"HYPERFLEET_DATABASE_POOL_CONN_RETRY_ATTEMPTS","value":"500"}]',
  ],
  'scrapes that overlap': [
    'serviceMonitor.scrapeTimeout is 1m30s, and serviceMonitor.interval 1m29s',
    '--set=serviceMonitor.enabled=true,serviceMonitor.scrapeTimeout=1m30s,serviceMonitor.interval=1m29s',
  ],
  'no configuration': [`'config'`, '--set=config=null'],
  'a section without its defaults': [`'pool'`, '--set=config.database.pool=null'],
  'another section without them': [`'image'`, '--set=image=null'],
  'the time to end by a variable': [
    'extraEnv must not have HYPERFLEET_HEALTH_SHUTDOWN_TIMEOUT',
    '--set-json=extraEnv=[{"name":"HYPERFLEET_HEALTH_SHUTDOWN_TIMEOUT","value":"5m"}]',
  ],
  'a PgBouncer without an image': ['pgbouncer.image names no image', '--set=pgbouncer.enabled=true'],
  'adapters that are null': [
    'adapters.cluster must say which adapters are required for clusters: a list such as [validation, dns], or [] for none',
    '--set=adapters=null',
  ],
  'adapters of a kind that are null': ['adapters.nodepool must say which', '--set=adapters.nodepool=null'],
  'a host that nobody reaches': [
    'config.server.host is localhost, where neither probes nor the Service reach it',
    '--set=config.server.host=localhost',
  ],
  'a listener of its own that nobody reaches': [
    'config.metrics.host is ::1, where neither',
    '--set=config.metrics.host=::1',
  ],
  'a host in brackets': [
    'config.server.host is [::]: write an address of IPv6 without',
    '--set=config.server.host=[::]',
  ],
  'two families and a server of one': [
    'config.health.host is 0.0.0.0, which is IPv4 only: set config.server.host',
    '--set=service.ipFamilyPolicy=PreferDualStack,config.server.host=::,config.health.host=0.0.0.0',
  ],
  'IPv6 and a server of IPv4': [
    'config.server.host is 0.0.0.0, which is IPv4',
    '--set=service.ipFamilies={IPv6}',
  ],
  'a family that there is not': ['ipFamilies', '--set=service.ipFamilies={IPv5}'],
  'a number that may have been written otherwise': [
    'podAnnotations: version is the number 1.1, which may not be how it was written: put it in quotes',
    '--set-json=podAnnotations.version=1.10',
  ],
  'a number with more digits than YAML reads': [
    'extraEnv ID: value is the number 12345678901234567000',
    '--set-json=extraEnv=[{"name":"ID","value":12345678901234567890}]',
  ],
  'an annotation that is null': ['/service/annotations/a', '--set-json=service.annotations={"a":null}'],
  'a label that is a list': ['/podLabels/a', '--set-json=podLabels={"a":[]}'],
  'a variable without a name': [`'name'`, '--set-json=extraEnv=[{"value":"a"}]'],
  'a variable that is a text': ['/extraEnv/0', '--set-json=extraEnv=["A=b"]'],
  'a name that no Service can have': [
    'would be called "7up", which no Service can be',
    '--set-string=fullnameOverride=7up',
  ],
  'an Ingress without a host': ['ingress.hosts names no host', '--set=ingress.enabled=true'],
}

for (const [what, [says, ...args]] of Object.entries(refused)) {
  t.test(what, { skip }, async (t) => {
    t.match(
      refusal(() => renderSet('production', ...args)),
      says,
    )
  })
}

/** Values under which every template makes something, and for the sections that these leave unused. */
const all = {
  ingress: { enabled: true, hosts: ['fleet.example.com'] },
  route: { enabled: true },
  networkPolicy: { enabled: true },
  serviceMonitor: { enabled: true },
  podMonitoring: { enabled: true },
  prometheusRule: { enabled: true },
  dashboard: { enabled: true },
  pgbouncer: { enabled: true, image: 'pgbouncer:1' },
}
const other = {
  autoscaling: { enabled: true },
  postgresql: { enabled: true, password: 'secret' },
  database: { existingSecret: '' },
  migration: { existingSecret: '' },
}
/** Without a cluster, helm makes another password each time. */
const withoutPassword = (text: string) => text.replace(/(db\.)?password: .*/g, '')
const ofOther = /^(autoscaling|postgresql)\./

t.test('a value that is set to null is refused, or is as if it were not set', { skip }, async (t) => {
  const values: [path: string, usual: unknown][] = leavesOf(
    parse(readFileSync(join(root, 'helm/values.yaml'), 'utf8'))[0],
  )
  t.ok(values.length > 100, `${values.length}`)
  const folder = await temporaryFolder(t)
  const files = [all, other].map((set, index) => {
    const file = join(folder, `${index}.json`)
    writeFileSync(file, JSON.stringify(set))
    return `--values=${file}`
  })
  let refusals = 0
  for (const [path, usual] of values) {
    const file = files[ofOther.test(path) ? 1 : 0] ?? ''
    const said = refusal(() => {
      const rendered = renderSet('production', file, '--set', `${path}=null`)
      t.notMatch(JSON.stringify(parse(rendered)), /:null\b/, `${path}: no field is empty`)
      // To leave a member out of what goes to Kubernetes as it is, there is no other way in helm.
      if (passed.test(path)) return
      const expected = renderSet('production', file, '--set-json', `${path}=${JSON.stringify(usual)}`)
      t.equal(withoutPassword(rendered), withoutPassword(expected), path)
    })
    if (said) refusals++
    t.notMatch(said, /error calling|nil pointer/, `${path}: no template fails over it`)
    if (said) t.match(said, new RegExp(path.split('.').at(-1) ?? ''), `${path}: the refusal names it`)
  }
  t.ok(refusals > 30, `${refusals} were refused`)
})

t.test('no template fails over the items of a list', { skip }, async (t) => {
  const values = leavesOf(parse(readFileSync(join(root, 'helm/values.yaml'), 'utf8'))[0])
  const lists = values
    .filter(([path, usual]) => Array.isArray(usual) && !passed.test(path))
    .map(([path]) => path)
  t.ok(lists.length > 15, `${lists.length}`)
  const file = join(await temporaryFolder(t), 'all.json')
  writeFileSync(file, JSON.stringify(all))
  for (const path of lists) {
    for (const items of ['[null]', '[7]', '[[]]', '[{}]']) {
      const said = refusal(() =>
        renderSet('production', `--values=${file}`, '--set-json', `${path}=${items}`),
      )
      t.notMatch(said, /error calling|error converting|nil pointer|evaluate field/, `${path}=${items}`)
      if (items !== '[{}]')
        t.match(said, path.replaceAll('.', '/'), `${path}=${items} is refused by its name`)
    }
  }
})

/** The values that are no mapping, or an empty one, by their paths. */
function leavesOf(tree: object, path: string[] = []): [string, unknown][] {
  return Object.entries(tree).flatMap(([name, value]) =>
    isTree(value) && Object.keys(value).length
      ? leavesOf(value, [...path, name])
      : [[[...path, name].join('.'), value]],
  )
}

const taken: Record<string, string[]> = {
  'a probe that is as long as the wait': ['--set=probes.startup.failureThreshold=135'],
  'a scrape as long as its interval': [
    '--set=serviceMonitor.enabled=true,serviceMonitor.scrapeTimeout=1m,serviceMonitor.interval=60s',
  ],
  "Prometheus' own interval": ['--set=serviceMonitor.enabled=true,serviceMonitor.interval='],
  'scrapes that nobody does': ['--set=serviceMonitor.scrapeTimeout=1m'],
}

for (const [what, args] of Object.entries(taken)) {
  t.test(`${what} is taken`, { skip }, async (t) => {
    t.equal(
      refusal(() => renderSet('production', ...args)),
      '',
    )
  })
}

t.test('adapters of one kind only', { skip }, async (t) => {
  const said = refusal(() => render('--set-json=adapters={"cluster":[]}'))
  t.match(said, 'adapters.nodepool must say')
  t.notMatch(said, 'adapters.cluster')
})

t.test('a schema that no ConfigMap holds', { skip }, async (t) => {
  const file = join(await temporaryFolder(t), 'openapi.yaml')
  writeFileSync(file, 'x'.repeat(1_000_001))
  t.match(
    refusal(() => renderSet('production', `--set-file=provider.schema=${file}`)),
    'provider.schema is too long',
  )
})

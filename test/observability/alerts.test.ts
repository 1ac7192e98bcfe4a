/** The alerts and the dashboard of helm/files: what they say, and that a running server has what they ask for. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { parse } from 'yaml'
import { base } from '../application.ts'
import { createDatabase, execute } from '../databases.ts'
import { quickStart } from '../processes.ts'
import { scrape } from '../prometheus.ts'
import { checkNames, checkSyntax, promtool, readExpression } from '../promql.ts'

interface Rule {
  alert?: string
  record?: string
  expr: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
}

interface Panel {
  id: number
  type: string
  title: string
  datasource?: { uid: string }
  fieldConfig?: { defaults: { unit?: string } }
  gridPos: { x: number; y: number; w: number; h: number }
  targets?: { expr: string; datasource: { uid: string } }[]
}

const pathOf = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))
const text = readFileSync(pathOf('helm/files/alerts.yaml'), 'utf8')
const rules: Rule[] = parse(text).groups.flatMap((group: { rules: Rule[] }) => group.rules)
const alerts = rules.filter(({ alert }) => alert)
const recorded = rules.flatMap(({ record }) => record ?? [])
const dashboard = JSON.parse(readFileSync(pathOf('helm/files/dashboard.json'), 'utf8'))
const panels: Panel[] = dashboard.panels
const shown = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))

t.test('promtool takes the alerts', async (t) =>
  promtool(t, ['check', 'rules', pathOf('helm/files/alerts.yaml')]),
)

t.test('each alert fires when it must, and not when it must not', async (t) =>
  promtool(t, ['test', 'rules', pathOf('test/observability/alerts-test.yaml')]),
)

t.test('each alert is tested, and says what someone needs who is woken by it', async (t) => {
  const tests = readFileSync(pathOf('test/observability/alerts-test.yaml'), 'utf8')
  t.ok(alerts.length > 10)
  for (const { alert = '', labels, annotations } of alerts) {
    t.match(tests, `{alertname="${alert}"}`, `${alert} fires in a test`)
    t.match(labels?.severity, /^(critical|warning)$/, alert)
    t.ok(annotations?.summary && annotations.description, alert)
    t.equal(annotations?.runbook_url, `#${alert.toLowerCase()}`)
  }
})

t.test('each selector of the alerts is of one job, which the chart can put its own for', async (t) => {
  for (const { expr } of rules) {
    for (const { name, matchers } of readExpression(expr).selectors)
      t.strictSame(
        matchers[0],
        { label: 'job', operator: '=', value: 'hyperfleet-api' },
        `${name} in ${expr}`,
      )
  }
  const marks = new Set([...text.matchAll(/ [\d.]+ # objectives\.(\w+)$/gm)].map(([, name]) => name))
  t.strictSame([...marks].sort(), ['errorBudget', 'newlyStuck', 'readSeconds', 'writeSeconds'])
  t.equal(text.match(/# objectives\./g)?.length, text.match(/ [\d.]+ # objectives\.\w+$/gm)?.length)
})

/** A condition of the configuration that no resource has. */
const absent = {
  type: 'Fine',
  when: { expression: 'false' },
  output: { status: { expression: 'true' }, reason: { expression: "''" }, message: { expression: "''" } },
}

t.test('a running server has what alerts and dashboard ask for', async (t) => {
  const adapters = {
    HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]',
    HYPERFLEET_NODEPOOL_ADAPTERS: '["validation"]',
  }
  const url = await createDatabase(adapters)
  // Of itself it is a replica that is always fresh.
  const server = await quickStart(t, {
    ...adapters,
    HYPERFLEET_DATABASE_URL: url,
    HYPERFLEET_DATABASE_READ_URL: url,
    HYPERFLEET_VERIFICATION_RESOURCES: '10',
    HYPERFLEET_SERVER_AUTHORIZATION_RULES: JSON.stringify([
      { name: 'all', effect: 'allow', verbs: ['*'], kinds: ['*'], when: 'true' },
    ]),
    HYPERFLEET_VERIFICATION_INTERVAL: '10ms',
    HYPERFLEET_ENTITIES: JSON.stringify([{ kind: 'Cluster', conditions: [absent] }, { kind: 'NodePool' }]),
  })
  const post = (path: string, body: object) =>
    fetch(`${server.api}${base}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const cluster = (name: string) => ({ kind: 'Cluster', name, spec: {} })
  const created = await post('clusters', cluster('one'))
  t.equal(created.status, 201)
  const operations = [{ method: 'POST', path: '/clusters', body: cluster('two') }]
  t.equal((await post('batch', { atomic: true, operations })).status, 200)
  await fetch(`${server.health}/readyz`)
  await execute(url, `update resources set states = '{}'`)
  while (!(await scrape(t, server.metrics)).value('hyperfleet_api_invariant_violations_total'));
  // Absent until the replica is known to have caught up.
  while ((await scrape(t, server.metrics)).value('hyperfleet_db_replica_lag_seconds') === undefined);
  // Absent until the garbage collector has run; each scrape leaves garbage.
  while ((await scrape(t, server.metrics)).value('nodejs_gc_duration_seconds_sum') === undefined);
  await execute(url, 'alter table adapter_statuses rename to adapter_statuses_gone')
  t.equal(
    (await fetch(`${created.headers.get('location')?.replace(/^(?=\/)/, server.api)}/statuses`)).status,
    500,
  )
  const { metrics } = await scrape(t, server.metrics)
  for (const { expr } of rules) checkNames(t, expr, metrics, recorded)
  for (const expr of shown) checkNames(t, expr, metrics, recorded)
  t.throws(
    () => checkNames(failing, 'rate(hyperfleet_api_request_total[5m])', metrics),
    'a name that is misspelt',
  )
  t.throws(() => checkNames(failing, 'sum by (kind) (hyperfleet_api_required_adapters)', metrics), 'a label')
  t.throws(() => checkNames(failing, 'up{job="a"', metrics), SyntaxError, 'what is no PromQL')
  t.throws(() => checkNames(failing, 'sun(up)', metrics), SyntaxError, 'a function that is misspelt')
  t.throws(() => checkNames(failing, 'up{"job"="a"}', metrics), SyntaxError, 'a label that is not read')
  for (const { alert, expr, annotations } of alerts) {
    // What an expression aggregates has the labels it groups by; what it does not, those of its metric.
    const { groups } = readExpression(expr)
    const words = Object.values(annotations ?? {}).join(' ')
    for (const [, label = ''] of words.matchAll(/\$labels\.(\w+)/g))
      t.ok(
        groups.length ? groups.includes(label) : label === 'instance' || label === 'job',
        `${alert}: ${label}`,
      )
  }
})

t.test('the dashboard is one that Grafana can show', async (t) => {
  t.ok(dashboard.schemaVersion >= 39)
  const variables = dashboard.templating.list.map(({ name }: { name: string }) => name)
  t.strictSame(variables, ['datasource', 'namespace', 'job', 'instance'])
  t.strictSame(
    panels.filter(({ type }) => type === 'row').map(({ title }) => title),
    ['Fleet', 'Requests', 'Database', 'Process'],
  )
  t.equal(new Set(panels.map(({ id }) => id)).size, panels.length, 'ids are unique')
  for (const { type, title, datasource, fieldConfig, targets = [], gridPos } of panels) {
    t.ok(gridPos.x + gridPos.w <= 24, `${title} fits in`)
    if (type === 'row') continue
    t.ok(fieldConfig?.defaults.unit, `${title} has a unit`)
    t.ok(targets.length, `${title} shows something`)
    for (const each of [{ datasource }, ...targets]) t.equal(each.datasource?.uid, `\${datasource}`, title)
    for (const { expr } of targets) {
      for (const { name, matchers } of readExpression(expr).selectors)
        for (const label of ['namespace', 'job', 'instance'])
          t.ok(
            matchers.some((matcher) => matcher.label === label && matcher.value === `$${label}`),
            `${title}: ${name} is of the ${label} that was chosen`,
          )
    }
  }
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
  )
  t.equal(new Set(cells).size, cells.length, 'no panel lies over another')
  await checkSyntax(
    t,
    shown.map((expr) => expr.replaceAll('$__rate_interval', '2m')),
  )
})

/** Stands for a test that fails. */
const failing = {
  ok(value: unknown, message: string) {
    if (!value) throw new Error(message)
  },
} as unknown as typeof t

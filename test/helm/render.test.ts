/** What the chart makes of sets of values: test/helm/values has the sets, test/helm/rendered the results. */
import { readFileSync, writeFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import t from 'tap'
import { parse as parseYaml } from 'yaml'
import { type Manifest, only, parse, renderBeside, renderSet, sets, skip, valuesOf } from './helm.ts'

const schemas = JSON.parse(readFileSync(new URL('../data/kubernetes.json', import.meta.url), 'utf8'))
const text = { type: 'string' }
const closed = (properties: object) => ({ type: 'object', additionalProperties: false, properties })

/** Of these no schema can be had from a registry: the fields that the chart may use. */
const custom: Record<string, object> = {
  'monitoring.googleapis.com/v1 PodMonitoring': closed({
    selector: closed({ matchLabels: { type: 'object' } }),
    endpoints: {
      items: closed({ port: text, path: text, scheme: { enum: ['http', 'https'] }, interval: text }),
    },
  }),
  'route.openshift.io/v1 Route': closed({
    host: text,
    port: closed({ targetPort: text }),
    tls: closed({
      termination: { enum: ['edge', 'reencrypt', 'passthrough'] },
      insecureEdgeTerminationPolicy: { enum: ['Allow', 'None', 'Redirect'] },
    }),
    to: closed({ kind: { const: 'Service' }, name: text, weight: { type: 'integer' } }),
  }),
}

const ajv = new Ajv({ strict: false, allErrors: true }).addSchema(schemas, 'kubernetes')

/** What Kubernetes would say against an object. */
function complaints(manifest: Manifest): string[] {
  const kind = `${manifest.apiVersion} ${manifest.kind}`
  const ref = schemas.kinds[kind]
  const validate = ref ? ajv.getSchema(`kubernetes#/definitions/${ref}`) : ajv.compile(custom[kind] ?? false)
  if (!validate) return [`${kind} is unknown`]
  validate(ref ? manifest : manifest.spec)
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${kind}${instancePath} ${message} ${JSON.stringify(params)}`,
  )
}

/** The pods that an object brings. */
const podsOf = (manifest: Manifest): Manifest[] =>
  manifest.kind === 'Pod' ? [manifest.spec] : manifest.spec?.template ? [manifest.spec.template.spec] : []

for (const name of sets) {
  t.test(name, { skip }, async (t) => {
    const rendered = renderSet(name)
    const file = new URL(`rendered/${name}.yaml`, import.meta.url)
    if (process.env.UPDATE) writeFileSync(file, rendered)
    t.equal(rendered, readFileSync(file, 'utf8'), 'as it is written down; UPDATE=1 writes it anew')

    const manifests = parse(rendered)
    for (const manifest of manifests) {
      const { kind, metadata } = manifest
      t.strictSame(complaints(manifest), [], `${kind} ${metadata.name} is valid`)
      t.equal(metadata.labels.app, 'hyperfleet-api', `${kind} ${metadata.name} has the label`)
      const texts = Object.values({ ...metadata.labels, ...metadata.annotations })
      t.ok(
        texts.every((each) => typeof each === 'string'),
        `${kind} ${metadata.name} has texts`,
      )
    }

    for (const spec of manifests.flatMap(podsOf)) {
      t.match(spec.securityContext, { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
      t.equal(spec.automountServiceAccountToken, false)
      t.equal(spec.enableServiceLinks, false)
      const mounted = new Set(spec.volumes.map(({ name }: Manifest) => name))
      for (const volume of spec.volumes) {
        const { configMap } = volume
        if (configMap) only(manifests, 'ConfigMap', configMap.name)
      }
      for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
        for (const { name } of [...(container.volumeMounts ?? [])]) {
          t.ok(mounted.has(name) || name === 'data', `${container.name} mounts ${name}`)
        }
        // What is in sidecars is the operator's own.
        if (
          ['sidecars', 'dual-stack'].includes(name) &&
          !['api', 'migration', 'test'].includes(container.name)
        )
          continue
        t.match(
          container.securityContext,
          {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          `${container.name} is restricted`,
        )
      }
    }

    const deployment = only(manifests, 'Deployment')
    const { matchLabels } = deployment.spec.selector
    t.match(deployment.spec.template.metadata.labels, matchLabels, 'the Deployment finds its pods')
    for (const service of manifests.filter(
      ({ kind, metadata }) => kind === 'Service' && metadata.name === deployment.metadata.name,
    )) {
      t.strictSame(service.spec.selector, matchLabels, 'so does the Service')
    }
    t.notOk(
      Object.keys(matchLabels).some((label) => /version|chart/.test(label)),
      'no release changes the selector',
    )
  })
}

/** The name of the migration's Job with values. */
const jobOf = (...args: string[]): string =>
  parse(renderSet('production', ...args)).find(({ kind }) => kind === 'Job').metadata.name

t.test('the migration has another name when something that it depends on is another', { skip }, async (t) => {
  const others = [
    '--set=image.digest=',
    '--set=image.digest=,image.tag=1.2.3',
    '--set=adapters.cluster={dns}',
    '--set=config.idempotency.ttl=1h',
    '--set=database.sslMode=require',
    '--set=migration.existingSecret=another',
    '--set=migration.resources.limits.memory=1Gi',
    '--set=serviceAccount.name=another',
  ]
  const names = [jobOf(), ...others.map((args) => jobOf(args))]
  t.equal(new Set(names).size, names.length, names.join())
  t.equal(jobOf('--set=replicaCount=7'), names[0], 'and else the same')
})

t.test(
  'each upgrade runs the migration, since a Job that has failed is never run again',
  { skip },
  async (t) => {
    const nameOf = async (revision: number) => {
      const name = `{{ $_ := set .Release "Revision" ${revision} }}\nkind: Name\ntext: {{ include "hyperfleet-api.migrationName" . }}`
      return only(await renderBeside(t, name, ...valuesOf('production')), 'Name').text
    }
    t.equal(await nameOf(1), jobOf())
    t.not(await nameOf(2), jobOf())
  },
)

t.test('alerts know the release by the job that its scrapes say', { skip }, async (t) => {
  for (const type of ['ClusterIP', 'LoadBalancer']) {
    const own = ['--set=prometheusRule.enabled=true,fullnameOverride=fleet', `--set=service.type=${type}`]
    const manifests = parse(renderSet('monitoring', ...own))
    const monitor = only(manifests, 'ServiceMonitor').spec
    const [{ port, relabelings }] = monitor.endpoints
    t.strictSame(relabelings, [{ targetLabel: 'job', replacement: 'fleet' }])
    t.match(JSON.stringify(only(manifests, 'PrometheusRule')), 'job=\\"fleet\\"')
    const scraped = manifests.filter(
      ({ kind, spec }) => kind === 'Service' && spec.ports.some((each: Manifest) => each.name === port),
    )
    t.match(scraped, [{ metadata: { labels: monitor.selector.matchLabels } }], type)
  }
})

t.test('what a server reads when it starts rolls the pods', { skip }, async (t) => {
  const annotations = (...args: string[]) =>
    only(parse(renderSet('provider-schema', ...args)), 'Deployment').spec.template.metadata.annotations
  const before = annotations()
  t.notSame(annotations('--set=config.logging.level=debug'), before, 'the configuration')
  t.notSame(annotations('--set-file=provider.schema=test/data/provider-3.1.json'), before, 'the schema')
  t.strictSame(annotations('--set=replicaCount=7'), before, 'and nothing else')
})

t.test('alerts and dashboard are those of the files', { skip }, async (t) => {
  const own =
    '--set=prometheusRule.enabled=true,prometheusRule.objectives.errorBudget=0.005,dashboard.enabled=true'
  const manifests = parse(renderSet('monitoring', own))
  const { groups } = parseYaml(readFileSync(new URL('../../helm/files/alerts.yaml', import.meta.url), 'utf8'))
  const names = (each: Manifest[]) =>
    each.flatMap(({ rules }) => rules.map(({ alert, record }: Manifest) => alert ?? record))
  const rule = only(manifests, 'PrometheusRule')
  t.strictSame(complaints(rule), [])
  t.strictSame(names(rule.spec.groups), names(groups))
  t.match(JSON.stringify(rule), '0.005')
  t.match(JSON.stringify(rule), 'namespace=\\"fleet\\"')
  const dashboard = only(manifests, 'ConfigMap', 'hyperfleet-api-dashboard').data['hyperfleet-api.json']
  const file = readFileSync(new URL('../../helm/files/dashboard.json', import.meta.url), 'utf8')
  t.strictSame(JSON.parse(dashboard), JSON.parse(file))
})

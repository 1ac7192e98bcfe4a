/**
 * Makes test/data/kubernetes.json: the schemas of the objects that the chart renders, as the oldest Kubernetes and the
 * Prometheus Operator publish them (both under Apache-2.0), without descriptions and with unknown fields refused.
 *
 * Usage: node --import tsx test/helm/extract-schemas.ts (needs go, which downloads the two modules)
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { parse } from 'yaml'

const kubernetes = 'k8s.io/kubernetes@v1.30.14'
const operator = 'github.com/prometheus-operator/prometheus-operator@v0.85.0'

const kinds = [
  'apps/v1 Deployment',
  'apps/v1 StatefulSet',
  'autoscaling/v2 HorizontalPodAutoscaler',
  'batch/v1 Job',
  'networking.k8s.io/v1 Ingress',
  'networking.k8s.io/v1 NetworkPolicy',
  'policy/v1 PodDisruptionBudget',
  'v1 ConfigMap',
  'v1 Pod',
  'v1 Secret',
  'v1 Service',
  'v1 ServiceAccount',
]
const customKinds = { prometheusrules: 'PrometheusRule', servicemonitors: 'ServiceMonitor' }

// biome-ignore lint/suspicious/noExplicitAny: a schema of any shape, which is only walked.
type Schema = any

const folderOf = (module: string): string =>
  JSON.parse(execFileSync('go', ['mod', 'download', '-json', module], { cwd: '/', encoding: 'utf8' })).Dir

/** What says how an object looks, closed to unknown fields. */
function strict(schema: Schema): Schema {
  if (Array.isArray(schema)) return schema.map(strict)
  if (typeof schema !== 'object' || schema === null) return schema
  if (schema['x-kubernetes-int-or-string']) return { type: ['integer', 'string'] }
  const { description, format, ...rest } = schema
  // Of Go's regular expressions, this is none of JavaScript's.
  if (String(rest.pattern).includes('(?i)')) delete rest.pattern
  const kept = Object.entries(rest).filter(([name]) => !name.startsWith('x-') && name !== 'properties')
  const { properties } = schema
  return {
    ...Object.fromEntries(kept.map(([name, value]) => [name, strict(value)])),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, value]) => [name, strict(value)]),
      ),
      ...(!schema['x-kubernetes-preserve-unknown-fields'] && { additionalProperties: false }),
    }),
  }
}

const { definitions: all } = JSON.parse(
  readFileSync(`${folderOf(kubernetes)}/api/openapi-spec/swagger.json`, 'utf8'),
)
// What the document calls a string may be a number, too.
all['io.k8s.apimachinery.pkg.util.intstr.IntOrString'] = { type: ['integer', 'string'] }
all['io.k8s.apimachinery.pkg.api.resource.Quantity'] = { type: ['number', 'string'] }

const names: Record<string, string> = {}
for (const [name, schema] of Object.entries<Schema>(all)) {
  for (const { group, version, kind } of schema['x-kubernetes-group-version-kind'] ?? []) {
    names[`${group ? `${group}/` : ''}${version} ${kind}`] = name
  }
}

const definitions: Record<string, Schema> = {}
function take(name: string) {
  if (definitions[name]) return
  definitions[name] = strict(all[name])
  for (const [, other = ''] of JSON.stringify(definitions[name]).matchAll(/#\/definitions\/([^"]+)/g))
    take(other)
}
for (const kind of kinds) take(names[kind] ?? kind)

const refs = Object.fromEntries(kinds.map((kind) => [kind, names[kind]]))
for (const [file, kind] of Object.entries(customKinds)) {
  const path = `${folderOf(operator)}/example/prometheus-operator-crd/monitoring.coreos.com_${file}.yaml`
  const { group, versions } = parse(readFileSync(path, 'utf8')).spec
  definitions[`${group}.${kind}`] = strict(versions[0].schema.openAPIV3Schema)
  definitions[`${group}.${kind}`].properties.metadata = {
    $ref: `#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta`,
  }
  refs[`${group}/${versions[0].name} ${kind}`] = `${group}.${kind}`
}

const lines = Object.entries(definitions).map(
  ([name, schema]) => `${JSON.stringify(name)}: ${JSON.stringify(schema)}`,
)
const origin = `Made by test/helm/extract-schemas.ts from ${kubernetes} and ${operator} (Apache-2.0).`
writeFileSync(
  new URL('../data/kubernetes.json', import.meta.url),
  `{"origin": "${origin}",\n"kinds": ${JSON.stringify(refs)},\n"definitions": {\n${lines.join(',\n')}\n}}\n`,
)

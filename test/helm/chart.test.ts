/** The chart as a whole: it is in order, belongs to this release, and says how to go on. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parse as parseYaml } from 'yaml'
import { chartSchema } from '../../scripts/chart-schema.ts'
import { about } from '../../server/lib/version.ts'
import { root } from '../processes.ts'
import { KUBERNETES, notesOf, only, parse, renderSet, run, sets, skip, valuesOf } from './helm.ts'

const read = (path: string) => readFileSync(join(root, 'helm', path), 'utf8')

for (const name of sets) {
  t.test(`${name}: helm finds nothing to complain of`, { skip }, async (t) => {
    // Of lint, --api-versions is unknown.
    const values = valuesOf(name).filter((arg) => !arg.startsWith('--api-versions'))
    t.match(run('lint', '--strict', 'helm', `--kube-version=${KUBERNETES}`, ...values), ' 0 chart(s) failed')
  })
}

t.test('the chart is of this release', async (t) => {
  const chart = parseYaml(read('Chart.yaml'))
  t.equal(chart.appVersion, about.version, 'the tag of the image')
  t.equal(chart.version, about.version)
})

t.test('the schema of the values is fresh, and knows them all', async (t) => {
  t.equal(read('values.schema.json'), chartSchema(read('values.yaml'), read('files/reference-values.yaml')))
  t.throws(() => chartSchema('image:\n  tag: ""\n', ''), { message: /image.tag has no comment/ })
})

/** NOTES.txt with one of the sets. */
const notesOfSet = (t: Test, name: string, ...args: string[]) => notesOf(t, ...valuesOf(name), ...args)

t.test('the notes of a first try', { skip }, async (t) => {
  const notes = await notesOfSet(t, 'try')
  const { name } = only(parse(renderSet('try')), 'Job').metadata
  t.match(notes, `kubectl wait --namespace fleet --for=condition=complete --timeout=10m job/${name}\n`)
  t.match(notes, 'kubectl rollout status --namespace fleet --timeout=5m deployment/hyperfleet-api\n')
  t.match(notes, 'helm test --namespace fleet hyperfleet-api\n')
  t.match(notes, `kubectl logs --namespace fleet job/${name}\n`)
  t.match(notes, 'kubectl port-forward --namespace fleet service/hyperfleet-api 8000:http\n')
  t.match(notes, '  curl http://localhost:8000/api/hyperfleet/v1/clusters\n')
  t.match(notes, 'WARNING: auth.enableJwt is off')
  t.match(notes, 'WARNING: postgresql.enabled is for trying only')
})

t.test('the notes of others', { skip }, async (t) => {
  const production = await notesOfSet(t, 'production')
  t.notMatch(production, 'WARNING')
  t.match(
    production,
    '  curl --header "Authorization: Bearer $TOKEN" http://localhost:8000/api/hyperfleet/v1/clusters\n',
  )
  t.match(await notesOfSet(t, 'tls'), '  curl --insecure https://localhost:8000/api/hyperfleet/v1\n')
  const scheduling = await notesOfSet(t, 'scheduling')
  t.notMatch(scheduling, 'kubectl wait')
  t.notMatch(scheduling, 'kubectl logs')
  t.match(scheduling, 'There is no migration here')
  t.notMatch(await notesOfSet(t, 'tenancy'), 'WARNING')
  t.match(
    await notesOfSet(t, 'tenancy', '--set=networkPolicy.enabled=false'),
    'WARNING: tenants are kept apart by headers (X-HyperFleet-Tenancy, X-HyperFleet-System)',
  )
  t.match(await notesOfSet(t, 'production', '--kube-version=1.29.0'), 'WARNING: this Kubernetes is v1.29.0')
})

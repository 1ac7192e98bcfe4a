/** What an upgrade takes over from the cluster. Of the cluster's API, what helm asks for is retold here. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { root, temporaryFolder } from '../processes.ts'
import { find, type Manifest, only, parse, skip, templating, valuesOf } from './helm.ts'

const base = '/namespaces/fleet'
const resource = (name: string, kind: string) => ({ name, kind, namespaced: true, verbs: ['get'] })
const about: Record<string, object> = {
  '/version': { major: '1', minor: '30', gitVersion: 'v1.30.0' },
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/api/v1': { kind: 'APIResourceList', groupVersion: 'v1', resources: [resource('secrets', 'Secret')] },
  '/apis': {
    kind: 'APIGroupList',
    groups: [{ name: 'apps', versions: [{ groupVersion: 'apps/v1', version: 'v1' }] }],
  },
  '/apis/apps/v1': {
    kind: 'APIResourceList',
    groupVersion: 'apps/v1',
    resources: [resource('deployments', 'Deployment')],
  },
}

/** The objects of a release with one of the sets, in a cluster that has these by their paths. */
async function renderIn(t: Test, cluster: Record<string, object>, name: string, ...args: string[]) {
  const server = createServer(({ url = '' }, answer) => {
    const found = { ...about, ...cluster }[url.replace(/\?.*/, '')]
    const missing = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 }
    answer.writeHead(found ? 200 : 404, { 'content-type': 'application/json' })
    answer.end(JSON.stringify(found ?? missing))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const kubeconfig = join(await temporaryFolder(t), 'kubeconfig')
  const { port } = server.address() as AddressInfo
  writeFileSync(kubeconfig, '')
  const target = [
    `--kubeconfig=${kubeconfig}`,
    `--kube-apiserver=http://127.0.0.1:${port}`,
    '--dry-run=server',
  ]
  const { stdout } = await promisify(execFile)(
    find('helm') ?? '',
    [...templating('helm'), ...target, ...valuesOf(name), ...args],
    { cwd: root },
  )
  return parse(stdout)
}

const replicasOf = (manifests: Manifest[]) => only(manifests, 'Deployment').spec.replicas
const running = (replicas: number) => ({
  [`/apis/apps/v1${base}/deployments/hyperfleet-api`]: {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'hyperfleet-api', namespace: 'fleet' },
    spec: { replicas },
  },
})

t.test('autoscaling goes on from as many servers as there are', { skip }, async (t) => {
  t.equal(replicasOf(await renderIn(t, running(3), 'autoscaling')), 3)
  t.equal(replicasOf(await renderIn(t, running(0), 'autoscaling')), 0, 'none is a number, too')
  t.equal(replicasOf(await renderIn(t, {}, 'autoscaling')), undefined, 'a first installation')
  t.equal(
    replicasOf(await renderIn(t, running(5), 'production')),
    3,
    'without it, replicaCount is what counts',
  )
})

t.test('the password of the database that the chart brings stays', { skip }, async (t) => {
  const data = { 'db.password': Buffer.from('made before').toString('base64') }
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'hyperfleet-api-postgresql' }, data }
  const cluster = { [`/api/v1${base}/secrets/hyperfleet-api-postgresql`]: secret }
  const rendered = await renderIn(t, cluster, 'try', '--set=postgresql.password=')
  t.equal(only(rendered, 'Secret').stringData['db.password'], 'made before')
})

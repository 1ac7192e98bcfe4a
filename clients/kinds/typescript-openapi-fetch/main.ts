// The walk of ../../README.md through five kinds with openapi-fetch and the types of openapi-typescript.
import { deepStrictEqual as expect } from 'node:assert'
import createClient from 'openapi-fetch'
import type { components, paths } from './generated/api.js'

type Report = components['schemas']['AdapterStatusCreateRequest']

const api = createClient<paths>({ baseUrl: process.env.HYPERFLEET_API })
const spec = { changed: true }
/** The resource of each kind, which the operations of a child need for its parent. */
const ids = { Cluster: '', NodePool: '', Channel: '', Version: '', WifConfig: '' }
const search = (name: string) => ({ search: `name = '${name}'` })

const report = (observed_generation: number, ...more: string[]): Report => ({
  adapter: 'validation',
  observed_generation,
  conditions: ['Available', 'Applied', 'Health', ...more].map((type) => ({ type, status: 'True' })),
})

/** The typed operations of each kind, each after its parent. */
const kinds = [
  {
    kind: 'Cluster' as const,
    reconciled: true,
    create: (name: string) =>
      api.POST('/api/hyperfleet/v1/clusters', { body: { kind: 'Cluster', name, spec: {} } }),
    get: (id: string) =>
      api.GET('/api/hyperfleet/v1/clusters/{cluster_id}', { params: { path: { cluster_id: id } } }),
    list: (name: string) => api.GET('/api/hyperfleet/v1/clusters', { params: { query: search(name) } }),
    patch: (id: string) =>
      api.PATCH('/api/hyperfleet/v1/clusters/{cluster_id}', {
        params: { path: { cluster_id: id } },
        body: { spec },
      }),
    report: (id: string, body: Report) =>
      api.PUT('/api/hyperfleet/v1/clusters/{cluster_id}/statuses', {
        params: { path: { cluster_id: id } },
        body,
      }),
    delete: (id: string) =>
      api.DELETE('/api/hyperfleet/v1/clusters/{cluster_id}', { params: { path: { cluster_id: id } } }),
  },
  {
    kind: 'NodePool' as const,
    reconciled: true,
    create: (name: string) =>
      api.POST('/api/hyperfleet/v1/clusters/{cluster_id}/nodepools', {
        params: { path: { cluster_id: ids.Cluster } },
        body: { kind: 'NodePool', name, spec: {} },
      }),
    get: (id: string) =>
      api.GET('/api/hyperfleet/v1/clusters/{cluster_id}/nodepools/{nodepool_id}', {
        params: { path: { cluster_id: ids.Cluster, nodepool_id: id } },
      }),
    list: (name: string) =>
      api.GET('/api/hyperfleet/v1/clusters/{cluster_id}/nodepools', {
        params: { path: { cluster_id: ids.Cluster }, query: search(name) },
      }),
    patch: (id: string) =>
      api.PATCH('/api/hyperfleet/v1/clusters/{cluster_id}/nodepools/{nodepool_id}', {
        params: { path: { cluster_id: ids.Cluster, nodepool_id: id } },
        body: { spec },
      }),
    report: (id: string, body: Report) =>
      api.PUT('/api/hyperfleet/v1/clusters/{cluster_id}/nodepools/{nodepool_id}/statuses', {
        params: { path: { cluster_id: ids.Cluster, nodepool_id: id } },
        body,
      }),
    delete: (id: string) =>
      api.DELETE('/api/hyperfleet/v1/clusters/{cluster_id}/nodepools/{nodepool_id}', {
        params: { path: { cluster_id: ids.Cluster, nodepool_id: id } },
      }),
  },
  {
    kind: 'Channel' as const,
    reconciled: false,
    create: (name: string) =>
      api.POST('/api/hyperfleet/v1/channels', { body: { kind: 'Channel', name, spec: {} } }),
    get: (id: string) =>
      api.GET('/api/hyperfleet/v1/channels/{channel_id}', { params: { path: { channel_id: id } } }),
    list: (name: string) => api.GET('/api/hyperfleet/v1/channels', { params: { query: search(name) } }),
    patch: (id: string) =>
      api.PATCH('/api/hyperfleet/v1/channels/{channel_id}', {
        params: { path: { channel_id: id } },
        body: { spec },
      }),
    report: (id: string, body: Report) =>
      api.PUT('/api/hyperfleet/v1/channels/{channel_id}/statuses', {
        params: { path: { channel_id: id } },
        body,
      }),
    delete: (id: string) =>
      api.DELETE('/api/hyperfleet/v1/channels/{channel_id}', { params: { path: { channel_id: id } } }),
  },
  {
    kind: 'Version' as const,
    reconciled: false,
    create: (name: string) =>
      api.POST('/api/hyperfleet/v1/channels/{channel_id}/versions', {
        params: { path: { channel_id: ids.Channel } },
        body: { kind: 'Version', name, spec: {} },
      }),
    get: (id: string) =>
      api.GET('/api/hyperfleet/v1/channels/{channel_id}/versions/{version_id}', {
        params: { path: { channel_id: ids.Channel, version_id: id } },
      }),
    list: (name: string) =>
      api.GET('/api/hyperfleet/v1/channels/{channel_id}/versions', {
        params: { path: { channel_id: ids.Channel }, query: search(name) },
      }),
    patch: (id: string) =>
      api.PATCH('/api/hyperfleet/v1/channels/{channel_id}/versions/{version_id}', {
        params: { path: { channel_id: ids.Channel, version_id: id } },
        body: { spec },
      }),
    report: (id: string, body: Report) =>
      api.PUT('/api/hyperfleet/v1/channels/{channel_id}/versions/{version_id}/statuses', {
        params: { path: { channel_id: ids.Channel, version_id: id } },
        body,
      }),
    delete: (id: string) =>
      api.DELETE('/api/hyperfleet/v1/channels/{channel_id}/versions/{version_id}', {
        params: { path: { channel_id: ids.Channel, version_id: id } },
      }),
  },
  {
    kind: 'WifConfig' as const,
    reconciled: false,
    create: (name: string) =>
      api.POST('/api/hyperfleet/v1/wifconfigs', { body: { kind: 'WifConfig', name, spec: {} } }),
    get: (id: string) =>
      api.GET('/api/hyperfleet/v1/wifconfigs/{wifconfig_id}', { params: { path: { wifconfig_id: id } } }),
    list: (name: string) => api.GET('/api/hyperfleet/v1/wifconfigs', { params: { query: search(name) } }),
    patch: (id: string) =>
      api.PATCH('/api/hyperfleet/v1/wifconfigs/{wifconfig_id}', {
        params: { path: { wifconfig_id: id } },
        body: { spec },
      }),
    report: (id: string, body: Report) =>
      api.PUT('/api/hyperfleet/v1/wifconfigs/{wifconfig_id}/statuses', {
        params: { path: { wifconfig_id: id } },
        body,
      }),
    delete: (id: string) =>
      api.DELETE('/api/hyperfleet/v1/wifconfigs/{wifconfig_id}', { params: { path: { wifconfig_id: id } } }),
  },
] as const

for (const each of kinds) {
  const { kind } = each
  const name = `ts-${kind.toLowerCase()}`
  const created = await each.create(name)
  expect(created.response.status, 201, `the create of a ${kind}`)
  const id = created.data?.id ?? ''
  ids[kind] = id
  expect((await each.get(id)).data?.name, name)
  const listed = await each.list(name)
  expect(listed.data?.total, 1, `the list of ${kind}`)
  expect(listed.data.items[0]?.id, id)
  const patched = await each.patch(id)
  expect(patched.data?.generation, 2, `the patch of a ${kind}`)
  expect(patched.data.spec, spec)
  const reported = await each.report(id, report(2))
  expect(reported.data?.adapter, 'validation', `the report on a ${kind}`)
}

const restricted = await api.DELETE('/api/hyperfleet/v1/channels/{channel_id}', {
  params: { path: { channel_id: ids.Channel } },
})
expect(restricted.error?.code, 'HYPERFLEET-CNF-003', 'the deletion of a channel that a version restricts')

for (const each of kinds.toReversed()) {
  const { kind } = each
  const id = ids[kind]
  expect((await each.delete(id)).response.status, 202, `the deletion of a ${kind}`)
  if (each.reconciled)
    expect((await each.report(id, report(3, 'Finalized'))).response.status, 200, 'the last report')
  expect((await each.get(id)).response.status, 404, `the get of a ${kind} after its removal`)
}

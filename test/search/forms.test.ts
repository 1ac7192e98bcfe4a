import t from 'tap'
import { conditionMembers } from '../../search/fields.ts'
import { CONDITION_TYPE, KIND, LABEL_KEY, MAX_SPEC_DEPTH } from '../../search/forms.ts'
import { loadDocument } from '../../server/openapi/document.ts'
import { application, condition, report } from '../application.ts'

type Node = { [name: string]: unknown }

/** All values of a member, wherever it stands in a document. */
const valuesOf = (node: unknown, name: string): unknown[] =>
  typeof node !== 'object' || node === null
    ? []
    : Object.entries(node).flatMap(([key, value]) => [
        ...(key === name ? [value] : []),
        ...valuesOf(value, name),
      ])

t.test('names that a search takes are those that the document allows', async (t) => {
  const document = loadDocument()
  const keys = valuesOf(document, 'x-property-names') as Node[]
  t.ok(keys.length > 1)
  for (const { pattern } of keys) t.equal(LABEL_KEY.pattern.source, new RegExp(String(pattern)).source)
  const specs = Object.entries((document.components as Node).schemas as Node).filter(([name]) =>
    /^(Cluster|NodePool)Spec$/.test(name),
  )
  t.equal(specs.length, 2)
  for (const [name, spec] of specs) t.equal((spec as Node)['x-max-depth'], MAX_SPEC_DEPTH, name)
  for (const kind of Object.keys(document['x-kinds'])) t.match(kind, KIND.pattern)
})

t.test('every condition that a resource has can be searched for', async (t) => {
  const adapters = ['dns', '3scale', 'my-long-name', '0', 'a-1']
  const { call } = await application(t, { HYPERFLEET_CLUSTER_ADAPTERS: JSON.stringify(adapters) })
  const { body } = await call('POST', 'clusters', { kind: 'Cluster', name: 'all-of-them', spec: {} })
  for (const adapter of adapters)
    await call('PUT', `clusters/${body.id}/statuses`, report(adapter, 1, 'True', 1))
  const resource = (await call('GET', `clusters/${body.id}`)).body
  const types: string[] = resource.status.conditions.map(({ type }: { type: string }) => type)
  t.equal(types.length, 4 + adapters.length)
  for (const type of types) {
    t.match(type, CONDITION_TYPE.pattern)
    const { status } = condition(resource, type) ?? {}
    for (const field of ['', ...Object.keys(conditionMembers).map((member) => `.${member}`)]) {
      const search = `status.conditions.${type}${field} ${field ? 'is not null' : `= '${status}'`}`
      const found = await call('GET', `clusters?${new URLSearchParams({ search })}`)
      t.match(found, { status: 200, body: { total: field === '.reason' ? Number : 1 } }, search)
    }
  }
})

import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { type Application, application, conditions } from '../application.ts'

interface Resource {
  name: string
  labels: Record<string, string>
  spec: object
  reports: {
    adapter: string
    observed_generation: number
    observed_time: string
    available: string
    reason?: string
  }[]
  delete?: true
  patch_spec?: object
}

const data: {
  resources: Resource[]
  found: { search: string; finds: string[]; rule: string }[]
  refused: { search: string; detail: string; rule: string }[]
} = JSON.parse(readFileSync(new URL('../data/search.json', import.meta.url), 'utf8'))

/** Creates a cluster with its reports and its later change, if any; returns it as it was created. */
async function create(t: Test, call: Application['call'], given: Resource) {
  const { name, labels, spec } = given
  const created = await call('POST', 'clusters', { kind: 'Cluster', name, labels, spec })
  t.equal(created.status, 201, `${name}: ${created.text}`)
  const path = `clusters/${created.body.id}`
  for (const { available, reason, ...sent } of given.reports) {
    const [first, ...others] = conditions(available)
    const body = { ...sent, conditions: [{ ...first, reason }, ...others] }
    t.equal((await call('PUT', `${path}/statuses`, body)).status, 200, `${name}: a report`)
  }
  if (given.patch_spec)
    t.equal((await call('PATCH', path, { spec: given.patch_spec })).body.generation, 2, `${name}: changed`)
  if (given.delete) t.equal((await call('DELETE', path)).status, 202, `${name}: marked for deletion`)
  return created.body as { id: string; href: string }
}

/** A search as a title: not too long, and no NUL in what the tests print. */
const short = (search: string) =>
  (search.length > 100 ? `${search.slice(0, 97)}...` : search).replaceAll('\0', '\\0')

t.test('the search language', async (t) => {
  const { call } = await application(t, { HYPERFLEET_CLUSTER_ADAPTERS: '["validation","dns"]' })
  const created = new Map<string, { id: string; href: string }>()
  for (const each of data.resources) created.set(each.name, await create(t, call, each))

  /** Ids are known only now: `{id:alpha}` and `{href:alpha}` stand for them. */
  const filled = (search: string) =>
    search.replace(
      /\{(id|href):(\w+)\}/g,
      (_, member: 'id' | 'href', name) => created.get(name)?.[member] ?? '',
    )
  const list = (search: string) =>
    call(
      'GET',
      `clusters?${new URLSearchParams({ size: '500', order: 'created_time', search: filled(search) })}`,
    )

  await t.test('finds', async (t) => {
    for (const { search, finds, rule } of data.found) {
      const title = `${rule}: ${short(search)}`
      const { status, body, text } = await list(search)
      if (status !== 200) {
        t.fail(`${title}: ${status} ${text}`)
        continue
      }
      t.strictSame(
        body.items.map(({ name }: { name: string }) => name),
        finds,
        title,
      )
      t.equal(body.total, finds.length, `${title}: the total`)
    }
  })

  await t.test('refuses', async (t) => {
    for (const { search, detail, rule } of data.refused) {
      const title = `${rule}: ${short(search)}`
      const { status, body, text } = await list(search)
      if (status !== 400) {
        t.fail(`${title}: ${status} ${text.slice(0, 200)}`)
        continue
      }
      t.equal(body.code, 'HYPERFLEET-VAL-005', title)
      t.match(body.detail, new RegExp(detail, 'is'), title)
      t.equal(body.errors?.[0]?.field, 'search', `${title}: the field`)
    }
  })
})

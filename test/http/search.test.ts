import { readFileSync } from 'node:fs'
import t from 'tap'
import { application } from '../application.ts'
import { createFleet, type FleetCluster, filled } from '../fleet.ts'

const data: {
  resources: FleetCluster[]
  found: { search: string; finds: string[]; rule: string }[]
  refused: { search: string; detail: string; rule: string }[]
} = JSON.parse(readFileSync(new URL('../data/search.json', import.meta.url), 'utf8'))

/** A search as a title: not too long, and no NUL in what the tests print. */
const short = (search: string) =>
  (search.length > 100 ? `${search.slice(0, 97)}...` : search).replaceAll('\0', '\\0')

t.test('the search language', async (t) => {
  const { call } = await application(t, { HYPERFLEET_CLUSTER_ADAPTERS: '["validation","dns"]' })
  const fleet = await createFleet(t, call, data.resources)
  const list = (search: string) =>
    call(
      'GET',
      `clusters?${new URLSearchParams({ size: '500', order: 'created_time', search: filled(search, fleet) })}`,
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
      const [, position] = / at position (\d+)$/.exec(body.detail) ?? []
      t.match(
        body.errors?.[0],
        { field: 'search', position: position === undefined ? undefined : Number(position) },
        `${title}: the field, and the place in it`,
      )
    }
  })
})

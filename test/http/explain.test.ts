import t from 'tap'
import { parse } from 'yaml'
import { application, conditions, report } from '../application.ts'
import { execute } from '../databases.ts'

const environment = {
  HYPERFLEET_ENTITIES: JSON.stringify(
    parse(`
- { kind: Cluster, required_adapters: [validation, dns], references: [{ ref_type: wif_config, target_kind: WifConfig }] }
- { kind: NodePool, required_adapters: [nodes] }
- { kind: WifConfig, plural: wifconfigs, required_adapters: [wif] }
- { kind: Channel, plural: channels }
- { kind: Site, plural: sites, required_adapters: [] }
`),
  ),
  HYPERFLEET_CLUSTER_ADAPTERS: '["validation","dns"]',
  HYPERFLEET_NODEPOOL_ADAPTERS: '["nodes"]',
}
const NOBODY = '019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11'
const unwell = (adapter: string, generation: number, minute: number, status: string) =>
  report(adapter, generation, status, minute, {
    conditions: [
      { type: 'Available', status, reason: 'QuotaExceeded', message: 'No address is left in us-east1' },
      ...conditions('True').slice(1),
    ],
  })
const final = (adapter: string, generation: number, minute: number) =>
  report(adapter, generation, 'True', minute, {
    conditions: conditions('True', [{ type: 'Finalized', status: 'True' }]),
  })

t.test('an explanation names the state of each adapter, and the next step', async (t) => {
  const { call, url } = await application(t, environment)
  const make = async (path: string, kind: string, more: object = {}) =>
    (
      await call('POST', path, {
        kind,
        name: `e-${Math.random().toString(36).slice(2, 10)}`,
        spec: {},
        ...more,
      })
    ).body
  const explain = async ({ href }: { href: string }) => {
    const { status, body } = await call('GET', `${href}/explain`)
    t.equal(status, 200)
    for (const sentence of body.sentences) t.comment(sentence)
    return body
  }
  const states = (
    { conditions }: { conditions: { type: string; waiting_for: { state: string }[] }[] },
    type = 'Reconciled',
  ) => conditions.find((each) => each.type === type)?.waiting_for.map(({ state }) => state)

  await t.test('of adapters that have not reported', async (t) => {
    const explained = await explain(await make('clusters', 'Cluster'))
    t.strictSame(states(explained), ['silent', 'silent'])
    t.match(explained.sentences, [
      /is not reconciled .*on generation 1/,
      /dns has not reported/,
      /validation has not/,
    ])
  })

  await t.test('of one that has not seen the change, and one that says False', async (t) => {
    const { href } = await make('clusters', 'Cluster')
    await call('PUT', `${href}/statuses`, report('validation', 1, 'True', 1))
    await call('PUT', `${href}/statuses`, report('dns', 1, 'True', 1))
    t.match((await explain({ href })).sentences, [/is reconciled .* on generation 1.*nothing left to do/])
    await call('PATCH', href, { spec: { a: 1 } })
    await call('PUT', `${href}/statuses`, unwell('dns', 2, 2, 'False'))
    const explained = await explain({ href })
    t.strictSame(states(explained), ['unavailable', 'stale'])
    t.match(explained.sentences, [
      /1 of 2|2 of 2/,
      /Adapter dns reported Available=False on generation 2 at .* \("QuotaExceeded: No address is left in us-east1"\)/,
      /Adapter validation last reported at .* on generation 1 \(Available=True there\); generation 2 began/,
    ])
    t.strictSame(states(explained, 'LastKnownReconciled'), [], 'which is still True')
    t.strictSame(states(explained, 'DnsSuccessful'), ['unavailable'])
    t.strictSame(states(explained, 'ValidationSuccessful'), [])
  })

  await t.test('of one that does not know, and one that is ahead', async (t) => {
    const { href, id } = await make('clusters', 'Cluster')
    await call('PUT', `${href}/statuses`, unwell('validation', 1, 1, 'Unknown'))
    await call('PUT', `${href}/statuses`, report('dns', 1, 'True', 1))
    // As after a restore of the resource alone.
    await execute(
      url,
      'update adapter_statuses set observed_generation = 5 where resource_id = $1 and adapter = $2',
      [id, 'dns'],
    )
    const explained = await explain({ href })
    t.strictSame(states(explained), ['future', 'unknown'])
    t.match(explained.sentences, [
      /./,
      /dns reported at .* on generation 5, and this Cluster is at generation 1/,
      /Available=Unknown/,
    ])
  })

  await t.test('of the resources below it and those that it refers to', async (t) => {
    const wif = await make('wifconfigs', 'WifConfig')
    const cluster = await make('clusters', 'Cluster', {
      references: { wif_config: [{ kind: 'WifConfig', id: wif.id }] },
    })
    const pools = [
      await make(`${cluster.href}/nodepools`, 'NodePool'),
      await make(`${cluster.href}/nodepools`, 'NodePool'),
    ]
    await call('PUT', `${pools[0].href}/statuses`, report('nodes', 1, 'True', 1))
    const related = async () => {
      const { children, references } = (await explain(cluster)).conditions[1]
      return [children, references]
    }
    t.strictSame(await related(), [
      { total: 2, marked: 0, not_reconciled: 1 },
      { total: 1, marked: 0, not_reconciled: 1 },
    ])
    await call('DELETE', cluster.href)
    await call('PUT', `${cluster.href}/statuses`, final('dns', 2, 2))
    const unfinished = await explain(cluster)
    t.strictSame(states(unfinished), ['silent'])
    await call('PUT', `${cluster.href}/statuses`, report('validation', 2, 'True', 2))
    t.strictSame(states(await explain(cluster)), ['not_finalized'])
    await call('PUT', `${cluster.href}/statuses`, final('validation', 2, 3))
    const waiting = await explain(cluster)
    t.strictSame(states(waiting), [])
    t.match(waiting.sentences, [
      /marked for deletion at .* all have, and 2 resources are below it/,
      /It waits for the resources below it, .* \(NodePool "e-.*, NodePool "e-.*\)/,
    ])
    t.strictSame((await related())[0], { total: 2, marked: 2, not_reconciled: 2 })
  })

  await t.test('of what an adapter writes, quoted and cut', async (t) => {
    const { href } = await make('clusters', 'Cluster')
    const message = `one\nAdapter validation is fine.\u202e${'x'.repeat(1000)}`
    const said = { type: 'Available', status: 'False', reason: 'Line', message }
    await call(
      'PUT',
      `${href}/statuses`,
      report('dns', 1, 'False', 1, { conditions: [said, ...conditions('True').slice(1)] }),
    )
    const [, sentence] = (await explain({ href })).sentences
    t.match(sentence, /\("Line: one Adapter validation is fine\. x{250,300}…"\): remove/)
    await call('PUT', `${href}/statuses`, report('dns', 1, 'False', 2))
    t.match((await explain({ href })).sentences[1], /names no cause: find it in the log/)
  })

  await t.test('of a report that is not made', async (t) => {
    const { href } = await make('clusters', 'Cluster')
    await call('PUT', `${href}/statuses`, report('dns', 1, 'True', 1))
    const preview = (body: unknown) => call('POST', `${href}/explain`, body)
    const { body, headers } = await preview(report('validation', 1, 'True', 1))
    t.match(body.sentences, [/is reconciled/])
    t.equal(headers['hyperfleet-dry-run'], 'true')
    const { sentences } = (await preview(report('validation', 1, 'False', 1))).body
    t.match(sentences, [/./, /Adapter validation reported Available=False/])
    t.strictSame(states(await explain({ href })), ['silent'], 'nothing was kept')
    const late = await preview(report('dns', 1, 'True', 0))
    t.match([late.status, late.headers['hyperfleet-discarded']], [204, 'stale-time'])
    await call('DELETE', href)
    await call('PUT', `${href}/statuses`, final('dns', 2, 2))
    const last = await preview(final('validation', 2, 2))
    t.match([last.status, last.headers['hyperfleet-discarded']], [204, undefined])
    t.equal((await call('GET', href)).status, 200)
    t.equal((await preview({ adapter: 'dns' })).status, 400)
    t.equal((await call('POST', `clusters/${NOBODY}/explain`, report('dns', 1, 'True', 1))).status, 404)
  })

  await t.test(
    'of a kind without adapters, one that requires none, and reports that do not count',
    async (t) => {
      const channel = await explain(await make('channels', 'Channel'))
      t.strictSame(channel.conditions, [])
      t.match(channel.sentences, [/no adapter reconciles it/])
      const site = await make('sites', 'Site')
      t.match((await explain(site)).sentences, [/set required_adapters of the entity Site/])
      await call('PUT', `${site.href}/statuses`, report('survei', 1, 'True', 1))
      t.match((await explain(site)).sentences, [/./, /do not count: survei\./])
    },
  )

  await t.test('on each path of a resource, and on none that is not there', async (t) => {
    const cluster = await make('clusters', 'Cluster')
    const pool = await make(`${cluster.href}/nodepools`, 'NodePool')
    const paths = [pool.href, `${cluster.href}/nodepools/${pool.id}`, `resources/${pool.id}`]
    const [one, ...others] = await Promise.all(paths.map((href) => explain({ href })))
    t.strictSame(others, [one, one])
    const other = await make('clusters', 'Cluster')
    for (const path of [`clusters/${pool.id}`, `${other.href}/nodepools/${pool.id}`])
      t.match(await call('GET', `${path}/explain`), { status: 404, body: { code: 'HYPERFLEET-NTF-001' } })
  })
})

import t from 'tap'
import { type Answer, application } from '../application.ts'
import { createDatabase } from '../databases.ts'
import { bearer, createIssuer, keptLog, refuses, type TestIssuer, trusting } from '../issuers.ts'

let names = 0
const fresh = () => `c-${++names}`
const cluster = (name: string) => ({ kind: 'Cluster', name, spec: {} })

const database = await createDatabase()

t.test('two issuers are two name spaces', async (t) => {
  const [one, two] = [await createIssuer(t), await createIssuer(t)]
  const settings = (issuer: TestIssuer, own: object = {}) => ({
    issuer_url: issuer.url,
    jwk_cert_url: issuer.url,
    ...own,
  })
  const as = async (issuer: TestIssuer, email = 'me@example.com') =>
    bearer(await issuer.token('first', { email }))
  const key = () => ({ 'idempotency-key': fresh() })

  await t.test('unless their operator says otherwise', async (t) => {
    const { call } = await application(
      t,
      trusting(settings(one), settings(two, { identity_header: 'X-User' })),
      database,
    )
    const keyed = key()
    const create = async (issuer: TestIssuer, body: object) =>
      call('POST', 'clusters', body, { ...(await as(issuer)), ...keyed })
    const [mine, other] = [cluster(fresh()), cluster(fresh())]
    const first = await create(one, mine)
    const second = await create(two, other)
    t.match(first, { status: 201, body: { created_by: `${one.url}#me@example.com` } })
    t.match(second, { status: 201, body: { created_by: `${two.url}#me@example.com` } })
    t.equal((await create(one, mine)).text, first.text, 'each has its own answer')
    t.equal((await create(two, other)).text, second.text)
    const named = { ...(await as(two)), 'x-user': 'someone@example.com' }
    const { body } = await call('POST', 'clusters', cluster(fresh()), named)
    t.equal(body.created_by, `${two.url}#someone@example.com`, 'whom a gateway names is of its issuer')
  })

  await t.test('and cannot speak for each other', async (t) => {
    const { call } = await application(
      t,
      trusting(
        settings(one, { identity_prefix: '' }),
        settings(two, { identity_prefix: 'robots:', identity_header: 'X-User' }),
      ),
      database,
    )
    const created = async (headers: Record<string, string>) =>
      (await call('POST', 'clusters', cluster(fresh()), headers)).body.created_by
    t.equal(await created(await as(one)), 'me@example.com')
    t.equal(await created(await as(two)), 'robots:me@example.com')
    for (const name of ['robots:me@example.com', 'Robots:me@example.com', 'robots:']) {
      refuses(
        t,
        await call('GET', 'clusters', undefined, await as(one, name)),
        'AUT-002',
        'another issuer',
        name,
      )
    }
    t.equal(await created(await as(two, 'robots:me@example.com')), 'robots:robots:me@example.com')
  })

  await t.test('for keys and limits even where their names are the same', async (t) => {
    const log = keptLog()
    const same = [one, two].map((issuer) => settings(issuer, { identity_prefix: '' }))
    const { call } = await application(
      t,
      {
        ...trusting(...same),
        HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]',
        HYPERFLEET_SERVER_RATE_LIMIT_REQUESTS: '4',
        HYPERFLEET_SERVER_RATE_LIMIT_WINDOW: '1h',
      },
      undefined,
      log.logger,
    )
    const keyed = key()
    const [mine, other] = [cluster(fresh()), cluster(fresh())]
    const first = await call('POST', 'clusters', mine, { ...(await as(one)), ...keyed })
    const second = await call('POST', 'clusters', other, { ...(await as(two)), ...keyed })
    t.match([first.status, second.status], [201, 201])
    t.match([first.body.created_by, second.body.created_by], ['me@example.com', 'me@example.com'])
    t.not(second.body.id, first.body.id)
    await call('DELETE', first.body.href, undefined, await as(one))
    await call('POST', `${first.body.href}/force-delete`, { reason: 'test' }, await as(one))
    const audit = log.lines.map((line) => JSON.parse(line)).find((line) => line.audit === 'force-delete')
    t.match(audit, { caller: 'me@example.com', issuer: one.url })
    t.equal((await call('GET', 'clusters', undefined, await as(one))).status, 200)
    t.equal((await call('GET', 'clusters', undefined, await as(one))).status, 429)
    t.equal((await call('GET', 'clusters', undefined, await as(two))).status, 200)
  })

  await t.test('also where one takes the place of the other', async (t) => {
    const keyed = key()
    const bodies = [cluster(fresh()), cluster(fresh())]
    const made: Answer[] = []
    for (const [index, issuer] of [one, two].entries()) {
      const { call } = await application(t, trusting(settings(issuer)), database)
      made.push(await call('POST', 'clusters', bodies[index], { ...(await as(issuer)), ...keyed }))
    }
    t.match(made, [{ status: 201 }, { status: 201 }])
    t.match(made, [{ body: { created_by: 'me@example.com' } }, { body: { created_by: 'me@example.com' } }])
  })
})

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import draft04 from 'ajv-draft-04'
import t, { type Test } from 'tap'
import { loadDocument } from '../../server/openapi/document.ts'
import { StartError } from '../../server/process/start-error.ts'
import { ATTEMPTS } from '../../server/validation/patched-spec.ts'
import { linearRegExp } from '../../server/validation/spec-schemas/patterns.ts'
import { loadSpecSchemas } from '../../server/validation/spec-schemas/provider-schemas.ts'
import { formats } from '../../server/validation/spec-schemas/string-formats.ts'
import { toViolations } from '../../server/validation/violations.ts'
import { type Answer, application, base, report } from '../application.ts'
import { createDatabase } from '../databases.ts'
import { temporaryFolder } from '../processes.ts'
import { openSession, untilWaiting } from '../sessions.ts'

type Told = [field: string, message: string]

const fileOf = (name: string) => fileURLToPath(new URL(`../data/${name}`, import.meta.url))
const provided = (name: string) => ({ HYPERFLEET_SERVER_OPENAPI_SCHEMA_PATH: fileOf(name) })
const [first, second] = ['provider-3.0.yaml', 'provider-3.1.json'].map(provided) as [object, object]
const merge = { 'content-type': 'application/merge-patch+json' }
const good = { region: 'us-east1', release: { version: '4.19.1' } }

let names = 0
const cluster = (spec: object, more: object = {}) => ({
  kind: 'Cluster',
  name: `c-${names++}`,
  spec,
  ...more,
})
const nodePool = (spec: object) => ({ kind: 'NodePool', name: `n-${names++}`, spec })

const told = ({ body }: Answer): Told[] =>
  (body.errors ?? []).map(({ field, message }: Record<string, string>) => [field, message])

/** The check of a schema, or of several of which ClusterSpec is one, as the server makes it of a document. */
async function check(t: Test, schemas: object, openapi = '3.0.3') {
  const file = join(await temporaryFolder(t), 'provider.json')
  writeFileSync(file, JSON.stringify({ openapi, components: { schemas } }))
  const document = loadDocument()
  const settings = { openapi_schema_path: file } as never
  const { check } = loadSpecSchemas(document, settings).get('Cluster') ?? {}
  if (!check) throw new Error('there is no check')
  return check
}

t.test('specs must fit the schemas of an OpenAPI 3.0 document', async (t) => {
  const { call } = await application(t, { ...first })
  const { body: parent } = await call('POST', 'clusters', cluster(good))
  const pools = `clusters/${parent.id}/nodepools`

  await t.test('and are stored as they were sent', async (t) => {
    const fitting = [
      good,
      { ...good, displayName: null, replicas: 1, window: 'at noon', contact: 'a@example.com' },
      { ...good, console: 'https://example.com/x?y', zones: ['a', 'b'], tags: { 'x-a': 'b', c: 1 } },
      { ...good, platform: { type: 'gcp', project: 'a-project', more: [1.0, { deep: null }] } },
      { ...good, network: 'none', access: { user: 'a' }, createdAt: '2026-03-10T08:00:00Z' },
      { ...good, network: { name: 'a', cidr: 'any' }, access: { user: 'a', group: 'b' } },
      { ...good, selector: { all: [{ label: 'a' }, { all: [{ label: 'b' }] }] } },
    ]
    for (const spec of fitting) {
      const { status, body, text } = await call('POST', 'clusters', cluster(spec))
      t.equal(status, 201, text)
      t.strictSame(body.spec, spec)
    }
    const { status, body } = await call(
      'POST',
      pools,
      nodePool({ replicas: 3, machine_type: 'large', other: 1 }),
    )
    t.equal(status, 201)
    t.strictSame(body.spec, { replicas: 3, machine_type: 'large', other: 1 })
  })

  await t.test('or are refused with what is wrong', async (t) => {
    const wrong: [spec: object, ...told: Told[]][] = [
      [
        { region: 'nowhere', release: { version: 'new' }, extra: 1 },
        ['spec.extra', 'is an unknown property'],
        ['spec.region', 'must match pattern "^[a-z]+-[a-z]+\\d$"'],
        ['spec.release.version', 'must match pattern "^\\d+\\.\\d+\\.\\d+$"'],
      ],
      [{ ...good, replicas: 0 }, ['spec.replicas', 'must be > 0']],
      [{ ...good, replicas: '3' }, ['spec.replicas', 'must be integer']],
      [{ ...good, region: null }, ['spec.region', 'must be string']],
      [{ ...good, displayName: 5 }, ['spec.displayName', 'must be string']],
      [{ ...good, contact: 'nobody' }, ['spec.contact', 'must match format "email"']],
      [{ ...good, zones: ['a', 'b', 'a'] }, ['spec.zones', 'must not have equal items, and 0 and 2 are']],
      [
        { ...good, taints: [{ key: '', effect: 'NoSchedule' }, { effect: 'Never' }] },
        ['spec.taints[0].key', 'must NOT have fewer than 1 characters'],
        ['spec.taints[1].key', 'is required'],
        ['spec.taints[1].effect', 'must be one of NoSchedule, PreferNoSchedule, NoExecute'],
      ],
      [
        { ...good, tags: { 'x-a': 1, b: 'c' } },
        ['spec.tags.b', 'must be integer'],
        ['spec.tags.x-a', 'must be string'],
      ],
      [{ ...good, replicas: 1, autoscaling: { min: 0, max: 1 } }, ['spec', 'is what it must not be']],
    ]
    for (const [spec, ...expected] of wrong) {
      const answer = await call('POST', 'clusters', cluster(spec))
      t.match(answer, { status: 400, body: { code: 'HYPERFLEET-VAL-000' } })
      t.strictSame(told(answer), expected, JSON.stringify(spec))
    }
    const { body } = await call('POST', 'clusters', cluster({ ...good, replicas: 0 }))
    t.strictSame(body.errors[0].value, 0, 'with the value')
    t.strictSame(told(await call('POST', pools, nodePool({ replicas: -1 }))), [
      ['spec.replicas', 'must be >= 0'],
      ['spec.machine_type', 'is required'],
    ])
  })

  await t.test(
    'or, of alternatives, with what is wrong with the one that a discriminator names',
    async (t) => {
      const wrong: [spec: object, ...told: Told[]][] = [
        [{ platform: { type: 'gcp' } }, ['spec.platform.project', 'is required']],
        [{ platform: { type: 'azure' } }, ['spec.platform.type', 'must be one of gcp, aws']],
        [{ platform: { account: '1' } }, ['spec.platform.type', 'is required']],
        [{ platform: 'gcp' }, ['spec.platform', 'must be object']],
        [{ platform: { type: 5 } }, ['spec.platform.type', 'must be one of gcp, aws']],
        [{ network: { name: 5 } }, ['spec.network', 'must fit one of its alternatives']],
        [{ network: 'other' }, ['spec.network', 'must fit one of its alternatives']],
        [{ access: {} }, ['spec.access', 'must fit one of its alternatives']],
        [
          { selector: { all: [{ label: 'a' }, { all: [{ label: 5 }] }] } },
          ['spec.selector', 'must fit one of its alternatives'],
        ],
      ]
      for (const [more, ...expected] of wrong) {
        t.strictSame(told(await call('POST', 'clusters', cluster({ ...good, ...more }))), expected)
      }
    },
  )

  await t.test('together with all else that is wrong with the body', async (t) => {
    const answer = await call('POST', 'clusters', {
      ...cluster({ release: {} }),
      name: 'X',
      labels: { a: 'b c' },
    })
    t.strictSame(
      told(answer).map(([field]) => field),
      ['name', 'name', 'labels.a', 'spec.region', 'spec.release.version'],
    )
    let deep: object = {}
    for (let depth = 0; depth < 50_000; depth++) deep = { all: [deep] }
    const nested = JSON.stringify(cluster({ ...good, selector: 0 })).replace(':0', `:${write(deep)}`)
    t.strictSame(told(await call('POST', 'clusters', nested)), [
      ['spec', 'must not nest more than 100 objects and arrays'],
    ])
  })

  await t.test('in a patch, too', async (t) => {
    const before = (await call('GET', parent.href)).body
    const refused = await call('PATCH', parent.href, { spec: { region: 5 }, labels: { a: 'b' } })
    t.equal(refused.status, 400)
    t.strictSame(told(refused), [
      ['spec.release', 'is required'],
      ['spec.region', 'must be string'],
    ])
    t.strictSame((await call('GET', parent.href)).body, before)
    const changed = await call('PATCH', parent.href, { spec: { ...good, replicas: 2 } })
    t.match(changed, { status: 200, body: { generation: 2, spec: { replicas: 2 } } })
    t.equal((await call('PATCH', parent.href, { spec: null, labels: {} })).status, 200, 'null is absent')
    const { body: pool } = await call('POST', pools, nodePool({ replicas: 3, machine_type: 'large' }))
    for (const path of [pool.href, `${pools}/${pool.id}`]) {
      t.strictSame(told(await call('PATCH', path, { spec: { replicas: 3 } })), [
        ['spec.machine_type', 'is required'],
      ])
    }
  })
})

/** JSON of what nests deeper than JSON.stringify goes. */
function write(value: unknown): string {
  let [before, after] = ['', '']
  for (let each = value as { all?: unknown[] }; ; each = each.all[0] as typeof each) {
    if (!each.all) return `${before}{}${after}`
    before += '{"all":['
    after += ']}'
  }
}

t.test('specs must fit the schemas of an OpenAPI 3.1 document', async (t) => {
  const { call } = await application(t, { ...second })
  const wrong: [spec: object, ...told: Told[]][] = [
    [{}, ['spec.region', 'is required']],
    [{ a: 1 }, ['spec.region', 'is required'], ['spec.a', 'is an unknown property']],
    [
      { replicas: 0 },
      ['spec.region', 'is required where replicas is there'],
      ['spec.region', 'is required'],
      ['spec.replicas', 'must be > 0'],
    ],
    [{ region: 'a', note: null }, ['spec.mode', 'is required where note is there']],
    [{ region: 'a', mode: 'own' }, ['spec.mode', 'must be managed']],
    [{ region: 'a', ports: [1, 'a', 1] }, ['spec.ports', 'must NOT have more than 2 items']],
    [{ region: 'a', settings: { A: 1 } }, ['spec.settings.A', 'must match pattern "^[a-z]+$"']],
    [{ region: 'a', autoscaling: true, replicas: 1 }, ['spec.replicas', 'must not be there']],
    [{ region: 'a', tree: { name: 'a', children: [{}] } }, ['spec.tree.children[0].name', 'is required']],
  ]
  for (const [spec, ...expected] of wrong) {
    const answer = await call('POST', 'clusters', cluster(spec))
    t.strictSame(told(answer).sort(), expected.sort(), JSON.stringify(spec))
  }
  for (const spec of [{ region: 'a' }, { region: 'a', note: null, mode: 'managed', ports: [1, 'a'] }]) {
    t.match(await call('POST', 'clusters', cluster(spec)), { status: 201, body: { spec } })
  }

  const { body } = await call('POST', 'clusters', cluster({ region: 'a' }))
  const pool = await call('POST', `clusters/${body.id}/nodepools`, nodePool({ anything: true }))
  t.equal(pool.status, 201, 'a kind that the document says nothing of takes any spec')
})

t.test('a merge patch', async (t) => {
  const { call, url } = await application(t, { ...second })
  const fresh = async (spec: object) => (await call('POST', 'clusters', cluster(spec))).body
  const specOf = async ({ href }: { href: string }) => (await call('GET', href)).body.spec

  await t.test('is refused when the merged spec would not fit', async (t) => {
    const made = await fresh({ region: 'a', replicas: 1 })
    const refused = await call('PATCH', made.href, { spec: { region: null, mode: 'own' } }, merge)
    t.match(refused, { status: 400, body: { code: 'HYPERFLEET-VAL-000' } })
    t.strictSame(told(refused).sort(), [
      ['spec.mode', 'must be managed'],
      ['spec.region', 'is required'],
      ['spec.region', 'is required where replicas is there'],
    ])
    t.strictSame(await specOf(made), { region: 'a', replicas: 1 })
    const merged = await call(
      'PATCH',
      made.href,
      { spec: { replicas: null, note: 'b', mode: 'managed' } },
      merge,
    )
    t.match(merged, { status: 200, body: { generation: 2 } })
    t.strictSame(merged.body.spec, { region: 'a', note: 'b', mode: 'managed' })
    t.equal(merged.headers.etag, '"2"')
  })

  await t.test('is refused for other reasons first, as without a schema', async (t) => {
    const patch = { spec: { region: 5 } }
    const nowhere = 'clusters/019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11'
    const made = await fresh({ region: 'a' })
    t.match(await call('PATCH', nowhere, patch, merge), { status: 404, body: { code: 'HYPERFLEET-NTF-001' } })
    const stale = { ...merge, 'if-match': '"9"' }
    const early = { ...patch, generation: 9 }
    t.equal((await call('PATCH', made.href, early, stale)).status, 412)
    t.match(await call('PATCH', made.href, early, merge), {
      status: 409,
      body: { code: 'HYPERFLEET-CNF-002' },
    })
    const long = { tree: { name: 'x'.repeat(600_000) } }
    t.equal((await call('PATCH', made.href, { spec: long }, merge)).status, 200)
    const more = { spec: { note: 'x'.repeat(600_000), region: 5 } }
    t.equal((await call('PATCH', made.href, more, merge)).status, 413)
    const { body: child } = await call('POST', `clusters/${made.id}/nodepools`, nodePool({}))
    await call('PATCH', child.href, { spec: { a: 1 } }, merge)
    const held = await application(t, { ...second, HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]' })
    const { body: marked } = await held.call('POST', 'clusters', cluster({ region: 'a' }))
    await held.call('DELETE', marked.href)
    t.match(await held.call('PATCH', marked.href, { ...early }, merge), {
      status: 409,
      body: { code: 'HYPERFLEET-CNF-003' },
    })
  })

  /** Begins a call that has read the resource and waits to change it, while a session changes it first. */
  const overtaken = async (t: Test, made: { id: string; href: string }, spec: object, patch: object) => {
    const session = await openSession(t, url)
    await session.query('begin')
    await session.query('select from resources where id = $1 for no key update', [made.id])
    const running = call('PATCH', made.href, patch, merge)
    await untilWaiting(session, 1)
    await session.query(changeInSql, [made.id, JSON.stringify({ spec })])
    await session.query('commit')
    return running
  }
  const changeInSql = `select patch_resource('Cluster', null, $1, $2::jsonb, false, 'test', null, 1048576, '{}')`

  await t.test('never makes a spec that does not fit, whatever comes in between', async (t) => {
    const made = await fresh({ region: 'a' })
    const other = { region: 'a', replicas: 3 }
    const answer = await overtaken(t, made, other, { spec: { autoscaling: true } })
    t.equal(answer.status, 400, answer.text)
    t.strictSame(told(answer), [['spec.replicas', 'must not be there']])
    t.strictSame(await specOf(made), other)
  })

  await t.test('is merged with what came in between where that fits', async (t) => {
    const made = await fresh({ region: 'a' })
    const answer = await overtaken(
      t,
      made,
      { region: 'b', replicas: 3 },
      { spec: { note: null }, labels: { a: 'b' } },
    )
    t.match(answer, { status: 200, body: { generation: 2, labels: { a: 'b' } } })
    const next = await overtaken(t, made, { region: 'c' }, { spec: { replicas: 4 } })
    t.match(next, { status: 200, body: { generation: 4 } })
    t.strictSame(next.body.spec, { region: 'c', replicas: 4 })
  })

  await t.test('that named its generation is refused when it has passed', async (t) => {
    const made = await fresh({ region: 'a' })
    const patch = { spec: { replicas: 4 }, generation: 1 }
    const answer = await overtaken(t, made, { region: 'b' }, patch)
    t.match(answer, { status: 409, body: { code: 'HYPERFLEET-CNF-002' } })
  })

  await t.test('gives way when others change the spec again and again', async (t) => {
    const made = await fresh({ region: 'a' })
    const sessions = [await openSession(t, url), await openSession(t, url)]
    const watch = await openSession(t, url)
    /** Readers pass this lock, and who wants to change a row waits in a queue for it. */
    const lock = async (index: number) => {
      const session = sessions[index % 2]
      await session?.query('begin')
      await session?.query('lock table resources in exclusive mode')
      return session
    }
    let holding = await lock(0)
    const running = call('PATCH', made.href, { spec: { note: null } }, merge)
    for (let turn = 1; turn <= ATTEMPTS; turn++) {
      await untilWaiting(watch, 1)
      // The next session queues behind the call, and holds the lock when the call comes again.
      const next = turn < ATTEMPTS ? lock(turn) : undefined
      if (next) await untilQueued(watch, 2)
      await holding?.query(changeInSql, [made.id, JSON.stringify({ spec: { region: `r${turn}` } })])
      await holding?.query('commit')
      holding = await next
    }
    const answer = await running
    t.match(answer, { status: 503, body: { code: 'HYPERFLEET-SVC-001' }, headers: { 'retry-after': '1' } })
    t.strictSame(await specOf(made), { region: `r${ATTEMPTS}` })
    t.equal((await call('PATCH', made.href, { spec: { replicas: 2 } }, merge)).status, 200, 'it passes')
  })
})

/** Resolves once so many sessions, those of the test included, wait for a lock. */
async function untilQueued(session: Awaited<ReturnType<typeof openSession>>, count: number) {
  for (;;) {
    await session.query('select pg_stat_clear_snapshot()')
    const { rows } = await session.query(
      `select count(*)::int as waiting from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    )
    if (rows[0].waiting >= count) return
  }
}

t.test('resources that were there before a schema', async (t) => {
  const url = await createDatabase()
  const before = await application(t, {}, url)
  const { body: old } = await before.call('POST', 'clusters', cluster({ any: 'thing' }))
  const after = await application(t, { ...second, HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]' }, url)
  const { call } = after
  t.strictSame((await call('GET', old.href)).body.spec, { any: 'thing' })
  t.equal((await call('GET', `clusters?search=name='${old.name}'`)).body.total, 1)
  t.equal((await call('PUT', `${old.href}/statuses`, report('validation', 1, 'True', 1))).status, 200)
  t.equal((await call('PATCH', old.href, { labels: { a: 'b' } })).status, 200)
  t.equal((await call('PATCH', old.href, { labels: { c: 'd' } }, merge)).status, 200)
  t.equal((await call('PATCH', old.href, { spec: {} }, merge)).status, 400, 'a patch of the spec must fit')
  t.equal((await call('PATCH', old.href, { spec: { any: 'thing' } })).status, 400)
  t.match((await call('GET', old.href)).body, { generation: 1, labels: { a: 'b', c: 'd' } })
  t.equal((await call('PATCH', old.href, { spec: { any: null, region: 'a' } }, merge)).status, 200)
  t.equal((await before.call('PATCH', old.href, { spec: {} })).status, 200, 'another server follows its own')
  t.equal((await call('DELETE', old.href)).status, 202)
})

t.test('getSchema', async (t) => {
  const servers = {
    '3.0': await application(t, { ...first }),
    '3.1': await application(t, { ...second }),
    none: await application(t),
  }
  const schemaOf = async (server: keyof typeof servers, kind: string) => {
    const answer = await servers[server].call('GET', `schemas/${kind}`)
    t.equal(answer.status, 200)
    t.equal(answer.headers['content-type'], 'application/json')
    return answer.body
  }

  await t.test('is the schema with what it refers to, and nothing else', async (t) => {
    const schema = await schemaOf('3.0', 'Cluster')
    t.equal(schema.$schema, 'http://json-schema.org/draft-04/schema#')
    t.strictSame(Object.keys(schema.components.schemas).sort(), [
      'Autoscaling',
      'AwsPlatform',
      'GcpPlatform',
      'Release',
      'Selector',
      'Subnet',
      'Taint',
    ])
    t.strictSame(schema.properties.release, { $ref: '#/components/schemas/Release' })
    const validate = new draft04.default({ strict: false, logger: false }).compile(schema)
    t.ok(validate(good))
    t.notOk(validate({ ...good, selector: { all: [{ label: 5 }] } }))
    const pool = new draft04.default({ strict: false, logger: false }).compile(
      await schemaOf('3.0', 'NodePool'),
    )
    t.notOk(pool({ replicas: 3 }))
  })

  await t.test('is that of OpenAPI 3.1 likewise', async (t) => {
    const schema = await schemaOf('3.1', 'Cluster')
    t.equal(schema.$schema, 'https://json-schema.org/draft/2020-12/schema')
    const validate = new Ajv2020({ strict: false }).compile(schema)
    t.ok(validate({ region: 'a', tree: { name: 'b', children: [{ name: 'c' }] } }))
    t.notOk(validate({ region: 'a', tree: { name: 'b', children: [{}] } }))
  })

  await t.test('is any object where the provider says nothing', async (t) => {
    for (const [server, kind] of [
      ['none', 'Cluster'],
      ['none', 'NodePool'],
      ['3.1', 'NodePool'],
    ] as const) {
      const schema = await schemaOf(server, kind)
      t.match(schema, { type: 'object', additionalProperties: true, description: String })
      t.ok(new draft04.default({ strict: false }).compile(schema)({ any: ['thing'] }))
    }
  })

  await t.test('is there for the kinds of the document', async (t) => {
    for (const kind of ['cluster', 'Toaster', 'constructor', 'Cluster%2F']) {
      const { status, body } = await servers['3.0'].call('GET', `schemas/${kind}`)
      t.equal(status, 404)
      t.match(body, {
        code: 'HYPERFLEET-NTF-001',
        detail: `Schema with kind='${decodeURIComponent(kind)}' not found`,
      })
    }
    t.equal((await servers['3.0'].call('GET', `${base}/schemas`)).body.code, 'HYPERFLEET-NTF-000')
  })
})

t.test('a document that cannot be used stops the start, and says why', async (t) => {
  const folder = await temporaryFolder(t)
  const document = loadDocument()
  const load = (path: string) => loadSpecSchemas(document, { openapi_schema_path: path } as never)
  const of = (schemas: string, openapi = '3.0.3') =>
    `openapi: ${openapi}\ncomponents: { schemas: { ${schemas} } }`
  const cases: [what: string, text: string, expected: string | RegExp][] = [
    ['no YAML', 'openapi: [3.0.3', 'at line 1, column 16'],
    ['no mapping', '- 3.0.3', 'it is not a mapping'],
    ['nothing', '', 'it is not a mapping'],
    ['no OpenAPI', 'a: 1', 'it must be OpenAPI 3.0 or 3.1, and its `openapi` is undefined'],
    ['an older version', 'swagger: "2.0"', 'it must be OpenAPI 3.0 or 3.1'],
    ['a newer version', of('ClusterSpec: {}', '3.2.0'), 'its `openapi` is "3.2.0"'],
    ['no components', 'openapi: 3.0.3\npaths: {}', 'it has no components.schemas'],
    ['no such schema', of('Cluster: {}'), 'components.schemas has none of ClusterSpec, NodePoolSpec'],
    ['no schema', of('ClusterSpec: [1]'), '#/components/schemas/ClusterSpec is not a schema'],
    ['an empty schema', of('ClusterSpec:'), '#/components/schemas/ClusterSpec is not a schema'],
    ['a schema of nothing', of('ClusterSpec: false', '3.1.0'), 'is not a schema with keywords'],
    [
      'a schema of texts',
      of('ClusterSpec: { type: string }'),
      'is of the type string, and a spec is an object',
    ],
    [
      'a reference to a schema of lists',
      of("ClusterSpec: { $ref: '#/components/schemas/A' }, A: { type: array }"),
      'is of the type array, and a spec is an object',
    ],
    [
      'a reference to what is not there',
      of("ClusterSpec: { properties: { a: { $ref: '#/components/schemas/B' } } }"),
      '#/components/schemas/ClusterSpec/properties/a refers to #/components/schemas/B, which is not there',
    ],
    [
      'a reference within a part to what is not there',
      of(
        "NodePoolSpec: { $ref: '#/components/schemas/A' }, A: { items: { $ref: '#/components/schemas/A/x' } }",
      ),
      'NodePoolSpec: #/components/schemas/A/items refers to #/components/schemas/A/x, which is not there',
    ],
    [
      'a reference to what is no schema',
      of("ClusterSpec: { items: { $ref: '#/components/schemas/A/x-parts/a' } }, A: { x-parts: { a: {} } }"),
      'ClusterSpec: #/components/schemas/A/x-parts/a is referred to, and is not a schema',
    ],
    [
      'a reference elsewhere',
      of('ClusterSpec: { allOf: [{ $ref: "https://example.com/a.yaml#/A" }] }'),
      'ClusterSpec/allOf/0 refers to https://example.com/a.yaml#/A; only #/components/schemas/…',
    ],
    ['a reference to a file', of("ClusterSpec: { $ref: 'other.yaml' }"), 'refers to other.yaml; only'],
    [
      'a schema that comes back to itself',
      of(
        "ClusterSpec: { allOf: [{ $ref: '#/components/schemas/A' }] }, A: { anyOf: [{ $ref: '#/components/schemas/A' }] }",
      ),
      '#/components/schemas/A refers to itself for one and the same value',
    ],
    [
      'a keyword of a wrong type',
      of('ClusterSpec: { minProperties: many }'),
      '/minProperties must be integer',
    ],
    [
      'a keyword of a wrong type further in',
      of("ClusterSpec: { not: { $ref: '#/components/schemas/A' } }, A: { required: true }"),
      'ClusterSpec: A/required must be array',
    ],
    ['an unknown type', of('ClusterSpec: { properties: { a: { type: text } } }'), '/properties/a/type'],
    [
      'a number as in 3.1',
      of('ClusterSpec: { properties: { a: { minimum: 1, exclusiveMinimum: 1 } } }'),
      '/properties/a/exclusiveMinimum must be boolean',
    ],
    [
      'a flag as in 3.0',
      of('ClusterSpec: { properties: { a: { minimum: 1, exclusiveMinimum: true } } }', '3.1.0'),
      '/properties/a/exclusiveMinimum must be number',
    ],
    [
      'a keyword that 3.0 does not have',
      of('ClusterSpec: { properties: { a: { const: b } } }'),
      'ClusterSpec/properties/a has const, which OpenAPI 3.0 does not know',
    ],
    ['a dynamic reference', of("ClusterSpec: { $dynamicRef: '#a' }", '3.1.0'), 'has a $dynamicRef'],
    [
      'a pattern that needs another engine',
      of("ClusterSpec: { properties: { a: { pattern: '^(?=a)' } } }"),
      'ClusterSpec: /properties/a/pattern: the pattern ^(?=a) cannot be used (RE2)',
    ],
    [
      'names by such a pattern',
      of(String.raw`ClusterSpec: { patternProperties: { '^(a)\1': { type: string } } }`),
      String.raw`ClusterSpec: /patternProperties: the pattern ^(a)\1 cannot be used (RE2)`,
    ],
    [
      'a pattern of nobody further in',
      of(
        String.raw`ClusterSpec: { items: { $ref: '#/components/schemas/A' } }, A: { not: { allOf: [{ pattern: '\Z' }] } }`,
      ),
      String.raw`ClusterSpec: A/not/allOf/0/pattern: the pattern \Z cannot be used (RE2)`,
    ],
    [
      'an alias of its own part',
      of('ClusterSpec: &a { properties: { a: *a } }'),
      'contains itself, by an alias',
    ],
  ]
  for (const [what, text, expected] of cases) {
    const file = join(folder, `${what.replaceAll(' ', '-')}.yaml`)
    writeFileSync(file, text)
    try {
      load(file)
      t.fail(what)
    } catch (error) {
      const { message } = error as Error
      t.ok(error instanceof StartError, `${what}: ${error}`)
      t.match(message, expected, what)
      t.match(message, `the provider's document ${file} cannot be used: `, what)
      t.match(message, '(server.openapi_schema_path)', what)
      t.notMatch(message, '\n', what)
    }
  }
  t.throws(() => load(join(folder, 'absent.yaml')), { message: 'no such file or directory' })
  const own = { ...document, components: { schemas: {} } }
  t.throws(() => loadSpecSchemas(own, {} as never), { message: 'openapi.yaml has no schema for the spec of' })
})

t.test('what a document may say besides', async (t) => {
  const free: [what: string, schema: object, openapi?: string][] = [
    ['nothing', {}],
    ['nullable without a type', { properties: { a: { nullable: true, allOf: [{}] } } }],
    [
      'members beside a reference',
      { allOf: [{ $ref: '#/components/schemas/A', nullable: true, required: ['b'] }] },
    ],
    ['nullable in 3.1', { properties: { a: { nullable: true } } }, '3.1.0'],
    ['ids', { $id: 'https://example.com/a', $schema: 'https://example.com/b', $anchor: 'c' }, '3.1.0'],
    ['formats of its own', { properties: { a: { type: 'string', nullable: true, format: 'cidr' } } }],
    [
      'other keywords',
      { 'x-a': { $ref: 'x' }, example: { $ref: 'y' }, xml: {}, deprecated: true, title: 'a' },
    ],
    ['a member called $ref', { properties: { $ref: { type: 'string' }, id: { type: 'string' } } }],
    [
      'a discriminator that cannot decide',
      { discriminator: { propertyName: 'b' }, oneOf: [{}, { minProperties: 9 }] },
    ],
    ['an enum of references', { properties: { a: { enum: [{ $ref: 'x' }, 'a', null] } } }],
  ]
  for (const [what, schema, openapi] of free) {
    const fits = await check(t, { ClusterSpec: schema, A: { type: 'object' } }, openapi)
    t.strictSame(fits({ a: null }), [], what)
  }
  for (const openapi of ['3.0.3', '3.1.0']) {
    const schemas = { ClusterSpec: { $ref: '#/components/schemas/A' }, A: { required: ['b'] } }
    t.match((await check(t, schemas, openapi))({}), [{ keyword: 'required' }], 'a reference as a whole')
  }
  const merged = join(await temporaryFolder(t), 'merged.yaml')
  writeFileSync(
    merged,
    'openapi: 3.0.3\nx: &x { type: object }\ncomponents: { schemas: { ClusterSpec: { <<: *x, required: [a] } } }',
  )
  const settings = { openapi_schema_path: merged } as never
  const schemas = loadSpecSchemas(loadDocument(), settings)
  t.match(schemas.get('Cluster')?.schema, { type: 'object', required: ['a'] }, 'merge keys of YAML')
})

t.test('patterns mean what they mean in JavaScript', async (t) => {
  const patterns = [
    ...[
      String.raw`^\d+$`,
      String.raw`\/`,
      String.raw`\u0041`,
      String.raw`\u{1F600}`,
      String.raw`[\u0041-\u0043]`,
    ],
    ...[
      String.raw`\s`,
      String.raw`^\S+$`,
      String.raw`[\s]`,
      String.raw`[^\s]`,
      String.raw`[\S]`,
      String.raw`[^\S]`,
    ],
    ...[
      '.',
      '^.$',
      '[.]',
      '[^]',
      '[]',
      '$',
      '^a$',
      String.raw`[\b]`,
      String.raw`\b`,
      String.raw`\B`,
      '[[a]',
      '[a^]',
    ],
    ...[
      String.raw`\cA`,
      String.raw`[\cA]`,
      String.raw`\0`,
      String.raw`\x41`,
      String.raw`\v`,
      String.raw`\W`,
      '[a&&b]',
    ],
    ...[
      '(?<n>a)',
      '(?:a|b)+',
      'x{2}',
      '[(?<a>]',
      String.raw`\p{L}`,
      String.raw`\P{L}`,
      String.raw`[\p{Lu}_]`,
    ],
    ...[
      String.raw`\ud83d\ude00`,
      String.raw`[\uD83D\uDE00]`,
      String.raw`[\]]`,
      String.raw`[^\]]`,
      String.raw`\\`,
    ],
  ]
  const texts = [
    ...[
      '',
      'a',
      'b',
      'A',
      'aa',
      'xx',
      '5',
      '_',
      '-',
      '/',
      '.',
      '$',
      '^',
      '[',
      ']',
      '(',
      '?',
      '<',
      '>',
      '&',
      '\\',
      ' ',
    ],
    ...[
      '\n',
      '\r',
      '\t',
      '\v',
      '\f',
      '\b',
      '\0',
      '\x01',
      '\x7f',
      '\x85',
      '\u00a0',
      '\ufeff',
      '\u2028',
      '\u2029',
    ],
    ...[
      '\u180e',
      '\u1680',
      '\u200b',
      '\u202f',
      '\u3000',
      '٣',
      'é',
      'α',
      'K',
      'ſ',
      '😀',
      '\ud83d',
      '\u{10ffff}',
    ],
    ...['a\n', '\na', 'a b', 'Qa'],
  ]
  for (const pattern of patterns) {
    const [native, linear] = [new RegExp(pattern, 'u'), linearRegExp(pattern)]
    const differing = texts.filter((text) => native.test(text) !== linear.test(text))
    t.strictSame(differing, [], pattern)
  }
  t.ok(linearRegExp(String.raw`^a\-b\@\_$`).test('a-b@_'), 'escapes that none needs')
  const properties = [
    String.raw`\p{Script=Greek}`,
    String.raw`^\P{Alphabetic}$`,
    String.raw`[\p{Emoji}_]`,
    String.raw`[^\P{Letter}a]`,
  ]
  for (const pattern of properties) {
    const [native, linear] = [new RegExp(pattern, 'u'), linearRegExp(pattern)]
    t.strictSame(
      texts.filter((text) => native.test(text) !== linear.test(text)),
      [],
      pattern,
    )
  }
  for (const pattern of [
    '(?=a)',
    '(?!a)',
    '(?<=a)b',
    '(?<!a)b',
    String.raw`(a)\1`,
    String.raw`(?<n>a)\k<n>`,
    'a{1,1001}',
  ])
    t.throws(() => linearRegExp(pattern), pattern)
})

t.test('patterns of RE2 mean what they mean in Go', async (t) => {
  const { texts, taken, refused } = JSON.parse(readFileSync(fileOf('patterns.json'), 'utf8')) as {
    texts: string[]
    taken: { pattern: string; matches: string[] }[]
    refused: string[]
  }
  t.ok(taken.length > 100 && refused.length > 40)
  const properties = Object.fromEntries(
    taken.map(({ pattern }, at) => [`${at}`, { type: 'string', pattern }]),
  )
  for (const openapi of ['3.0.3', '3.1.0']) {
    const fits = await check(t, { ClusterSpec: { properties } }, openapi)
    for (const text of texts) {
      const misfits = taken.filter(({ matches }) => !matches.includes(text)).map(({ pattern }) => pattern)
      // At most a hundred violations are told at once.
      const halves = [0, 1].map((half) =>
        taken.flatMap((_, at) => (at % 2 === half ? [[`${at}`, text]] : [])),
      )
      const told = halves
        .flatMap((half) => fits(Object.fromEntries(half)))
        .map(({ params }) => params.pattern)
      t.strictSame(told.sort(), misfits.sort(), `${openapi} ${encodeURIComponent(text)}`)
    }
    const names = await check(
      t,
      {
        ClusterSpec: {
          patternProperties: { '\\A(?i)x-[[:alpha:]]+\\z': { type: 'number' } },
          additionalProperties: false,
        },
      },
      openapi,
    )
    t.strictSame(names({ 'X-Abc': 1 }), [])
    t.match(names({ 'x-abc': 'a' }), [{ keyword: 'type' }])
    t.match(names({ 'x-1': 1 }), [{ keyword: 'additionalProperties' }])
  }
  for (const pattern of refused) t.throws(() => linearRegExp(pattern), pattern)

  const mixed: [pattern: string, fitting: string, other: string][] = [
    [String.raw`^(?i)\u00e9\cA[\u{61}-\u{63}]\/\-$`, '\u00c9\u0001B/-', 'e\u0001B/-'],
    [String.raw`^(?:(?i)\ud83d\ude00)$`, '\u{1f600}', '\u{1f601}'],
    [String.raw`^\Q\u0061\E$`, String.raw`\u0061`, 'a'],
    // Without flags it has the meaning of JavaScript, in whatever version.
    [String.raw`^\(?i.[(?i)]$`, 'i.?', 'i\r?'],
    ['^(?i:.)$', '\r', '\n'],
  ]
  for (const [pattern, fitting, other] of mixed) {
    t.strictSame(
      [fitting, other].map((text) => linearRegExp(pattern).test(text)),
      [true, false],
      pattern,
    )
  }
})

t.test('what is compiled of a schema grows with what is different in it', async (t) => {
  /** The code that is generated while something is done: functions, and characters in them. */
  const generated = async (work: () => unknown) => {
    const native = globalThis.Function
    const texts: string[] = []
    globalThis.Function = new Proxy(native, {
      construct(target, given) {
        texts.push(given.at(-1))
        return Reflect.construct(target, given)
      },
    })
    try {
      await work()
    } finally {
      globalThis.Function = native
    }
    return { functions: texts.length, characters: texts.join('').length }
  }
  const container = (description: string, inner: object) => ({
    type: 'object',
    description,
    properties: {
      name: { type: 'string', description, pattern: '^[a-z]+$' },
      limits: { type: 'object', additionalProperties: { anyOf: [{ type: 'integer' }, { type: 'string' }] } },
      env: { type: 'array', items: { type: 'object', required: ['name'], properties: { name: {} } } },
      inner,
    },
  })
  /** Many copies of one schema, each described in words of its own, within one another to some depth. */
  const copied = (copies: number, depth: number) => {
    let inner: object = { type: 'string' }
    for (let level = 0; level < depth; level++) inner = container(`level ${level}`, inner)
    const names = Array.from({ length: copies }, (_, at) => [`c${at}`, container(`copy ${at}`, inner)])
    return { ClusterSpec: { properties: Object.fromEntries(names) } }
  }
  for (const openapi of ['3.0.3', '3.1.0']) {
    let fits: Awaited<ReturnType<typeof check>> = () => []
    const count = (schemas: object) =>
      generated(async () => {
        fits = await check(t, schemas, openapi)
      })
    const [few, many, deep] = [
      await count(copied(2, 10)),
      await count(copied(200, 10)),
      await count(copied(2, 20)),
    ]
    t.ok(few.functions > 10, `${few.functions} functions: the count sees them`)
    t.equal(many.functions, few.functions, 'copies are compiled once')
    const atOnce = many.characters - few.characters
    t.ok(atOnce < 198 * 2000, `${atOnce} characters for 198 copies: a call for each`)
    const perLevel = (deep.characters - few.characters) / 10
    t.ok(perLevel < few.characters / 5, `${perLevel} characters for each level`)
    const full = await generated(() => fits({ c1: { name: 'A' } }))
    t.ok(full.functions > 10, 'what tells all violations is compiled when first needed')
    t.strictSame(await generated(() => fits({ c0: { name: 'A' } })), { functions: 0, characters: 0 })
    const spec = { c0: { name: 'A', inner: { env: [{}], inner: { limits: { cpu: 1.5 } } } }, c1: { env: 1 } }
    t.strictSame(
      fits(spec)
        .map(({ instancePath, keyword }) => `${instancePath} ${keyword}`)
        .sort(),
      ['/c0/inner/env/0 required', '/c0/inner/inner/limits/cpu anyOf', '/c0/name pattern', '/c1/env type'],
    )
  }
})

t.test('checking takes time as the spec grows, and no more', async (t) => {
  /** The shortest of some times, in milliseconds of this process alone: others may keep the machine busy. */
  const time = (work: () => void) => {
    const times = [1, 2, 3].map(() => {
      const start = process.cpuUsage()
      work()
      return process.cpuUsage(start).user / 1000
    })
    return Math.min(...times)
  }
  /** How many times longer it takes when the size is tenfold; what takes no time at all counts as noise. */
  const NOISE_MS = 5
  const growth = (work: (size: number) => () => void, size: number) =>
    time(work(10 * size)) / Math.max(time(work(size)), NOISE_MS)
  /** What grows with the square is a hundred times as long, each time it is measured. */
  const TOO_MUCH = 50
  const isTooMuch = (work: (size: number) => () => void, size: number) =>
    [1, 2, 3, 4].every(() => growth(work, size) >= TOO_MUCH)

  const cases: [what: string, schema: object, value: (size: number) => unknown][] = [
    ['numbers', { type: 'array', uniqueItems: true }, (size) => Array.from({ length: size }, (_, n) => n)],
    [
      'objects',
      { type: 'array', uniqueItems: true },
      (size) => Array.from({ length: size }, (_, n) => ({ n, more: [n] })),
    ],
    ...['^(a+)+$', '^([a-z0-9]+-?)+$', '(a+a+)+b', '(.*a){10}$'].flatMap((pattern): typeof cases => [
      [pattern, { type: 'string', pattern }, (size) => `${'a'.repeat(size)}!`],
      [
        `names by ${pattern}`,
        { patternProperties: { [pattern]: { type: 'number' } } },
        (size) => ({ [`${'a'.repeat(size)}!`]: 1 }),
      ],
    ]),
  ]
  const fits = await check(t, {
    ClusterSpec: { properties: Object.fromEntries(cases.map(([what, schema]) => [what, schema])) },
  })
  for (const [what, , value] of cases) {
    const work = (size: number) => {
      const spec = { [what]: value(size) }
      return () => void fits(spec)
    }
    t.notOk(isTooMuch(work, 10_000), what)
  }

  const names = formats.map(([name]) => name).filter((name) => !name.startsWith('int'))
  const texts = await check(t, {
    ClusterSpec: {
      properties: Object.fromEntries(names.map((format) => [format, { type: 'string', format }])),
    },
  })
  const starts = ['', 'a@', 'http://', 'P', '{']
  for (const part of ['a', '1', 'a.', 'a@', 'a-', 'a:', 'a/', '%41', 'a,', '~', ' ', '(', ':']) {
    for (const format of names) {
      const slow = starts.filter((start) => {
        const text = (size: number) => ({ [format]: `${start}${part.repeat(size)}\n` })
        return isTooMuch((size) => () => void texts(text(size)), 3000)
      })
      t.strictSame(slow, [], `${format} of ${part}`)
    }
  }
})

t.test('what is told of a spec is bounded', async (t) => {
  const Item = {
    type: 'object',
    required: ['a', 'b'],
    properties: { a: { type: 'string' }, b: {} },
    additionalProperties: false,
  }
  const items = { type: 'array', items: { $ref: '#/components/schemas/Item' } }
  const fits = await check(t, { ClusterSpec: { type: 'object', properties: { items } }, Item })
  t.equal(fits({ items: Array(300).fill({ c: 1 }) }).length, 100)
  const start = process.memoryUsage().heapUsed
  const errors = fits({ items: Array(100_000).fill({ c: 1 }) })
  t.match(errors, [{ instancePath: '/items/0', keyword: 'required' }], 'the first of many')
  t.ok(process.memoryUsage().heapUsed - start < 50e6)
  t.strictSame(fits({ items: Array(100_000).fill({ a: 'b', b: 1 }) }), [], 'a large one that fits')
  t.match(fits({ items: [...Array(100_000).fill({ a: 'b', b: 1 }), 1] }), [{ instancePath: '/items/100000' }])

  const { call } = await application(t, { ...first })
  const { call: callSecond } = await application(t, { ...second })
  const tree = { name: 'a', children: Array(2000).fill({ name: 'b' }) }
  const misnamed = cluster({ region: 'a', settings: { A: 1 }, tree })
  t.strictSame(told(await callSecond('POST', 'clusters', misnamed)), [
    ['spec.settings.A', 'must match pattern "^[a-z]+$"'],
  ])
  const name = 'x'.repeat(300_000)
  const answer = await call('POST', 'clusters', cluster({ ...good, tags: { [name]: 'a' }, [name]: 1 }))
  t.equal(answer.status, 400)
  t.ok(answer.text.length < 5000, 'long names are cut')
})

t.test('alternatives within alternatives are not tried without end', async (t) => {
  const branch = (tag: string) => ({
    type: 'object',
    required: ['tag'],
    properties: { child: { $ref: '#/components/schemas/Node' }, tag: { type: 'string', enum: [tag] } },
  })
  const Node = { oneOf: [branch('a'), branch('b')] }
  const schemas = { ClusterSpec: { properties: { node: { $ref: '#/components/schemas/Node' } } } }
  const nested = (depth: number, tag = 'b') => {
    let node: object = { tag }
    for (let level = 0; level < depth; level++) node = { child: node, tag: level % 2 ? 'a' : 'b' }
    return { node }
  }
  const tried = await check(t, { ...schemas, Node })
  t.strictSame(tried(nested(10)), [])
  t.ok(tried(nested(10, 'c')).length > 0)
  for (const tag of ['b', 'c']) {
    t.match(tried(nested(90, tag)), [
      { instancePath: '', message: /^takes too many steps to be checked: more than \d+$/ },
    ])
  }

  const [one, other] = ['a', 'b'].map(branch)
  const inPart = { $ref: '#/components/schemas/Parts/properties/a node~1~0%20^' }
  for (const each of [one, other]) Object.assign(each?.properties ?? {}, { child: inPart })
  const parts = await check(t, {
    ClusterSpec: { properties: { node: inPart } },
    Parts: { properties: { 'a node/~ ^': { oneOf: [one, other] } } },
  })
  t.strictSame(parts(nested(10)), [])
  t.match(parts(nested(1, 'c')), [{ instancePath: '/node', keyword: 'oneOf' }])
  t.match(parts(nested(90)), [{ instancePath: '' }], 'of references to a part of a schema, too')

  const several = await check(t, { ClusterSpec: { oneOf: [{}, { minProperties: 1 }, { maxProperties: 0 }] } })
  t.match(toViolations(several({})), [{ field: '', message: 'must fit only one of its alternatives' }])

  const refs = ['A', 'B'].map((name) => ({ $ref: `#/components/schemas/${name}` }))
  const decided = await check(t, {
    ...schemas,
    Node: { oneOf: refs, discriminator: { propertyName: 'tag', mapping: { a: refs[0]?.$ref } } },
    A: branch('a'),
    B: branch('b'),
  })
  t.strictSame(decided(nested(90)), [], 'a discriminator says which to try')
  t.match(decided(nested(90, 'c')), [{ keyword: 'enum', params: { allowedValues: ['a', 'b'] } }])
})

t.test('a check takes steps by the size of the spec, wherever its schema refers to', async (t) => {
  const at = (pointer: string) => ({ $ref: `#/components/schemas/${pointer}` })
  const node = (next: object) => ({
    type: 'object',
    properties: {
      next: { anyOf: [next, next] },
      unique: { type: 'array', uniqueItems: true },
      read: { type: 'array', items: { type: 'string', pattern: '^(a|b)*$' } },
      leaf: { type: 'number' },
    },
  })
  const [component, below, defined, referred] = [
    'Node',
    'ClusterSpec/properties/node',
    'Node/$defs/~0',
    'A',
  ].map(at)
  const root = (inner: unknown) => ({ properties: { node: inner } })
  const schemas: [what: string, schemas: object][] = [
    ['a component', { ClusterSpec: root(component), Node: node(component as object) }],
    ['below a component', { ClusterSpec: root(node(below as object)) }],
    ['definitions', { ClusterSpec: root(defined), Node: { $defs: { '~': node(defined as object) } } }],
    ['a reference', { ClusterSpec: root(referred), A: component, Node: node(referred as object) }],
    [
      'alternatives in place',
      { ClusterSpec: root(component), Node: { anyOf: [node(at('Node')), { not: {} }] } },
    ],
  ]
  /** A spec that fits nothing for what is innermost, and how often that was read. */
  const nested = (depth: number, innermost: object) => {
    let reads = 0
    const get = (leaf: object, name: string | symbol) => {
      reads++
      return Reflect.get(leaf, name)
    }
    let spec: object = new Proxy(innermost, { get })
    for (let level = 0; level < depth; level++) spec = { next: spec }
    return { spec: { node: spec }, reads: () => reads }
  }
  const tooMany = [{ instancePath: '', message: 'takes too many steps to be checked' }]
  const long = 'ab'.repeat(100_000)
  for (const openapi of ['3.0.3', '3.1.0']) {
    for (const [what, each] of schemas) {
      const fits = await check(t, each, openapi)
      t.match(fits(nested(5, { leaf: 'no' }).spec), [{ keyword: 'anyOf' }], what)
      for (const depth of [16, 22, 60, 98]) {
        const { spec, reads } = nested(depth, { leaf: 'no' })
        t.match(fits(spec), tooMany, `${what}, ${depth} deep`)
        t.ok(reads() < 40_000, `${reads()} reads`)
      }
      for (const innermost of [{ read: [`${long}!`] }, { unique: [long, long] }]) {
        const { spec, reads } = nested(18, innermost)
        t.match(fits(spec), tooMany, `${what}, a long text`)
        t.ok(reads() < 100, `${reads()} reads of it`)
      }
      const { spec, reads } = nested(18, { read: [...Array(10_000).fill('a'), 'c'] })
      t.match(fits(spec), tooMany, `${what}, many texts`)
      t.ok(reads() < 100, `${reads()} reads of them`)
    }
  }
})

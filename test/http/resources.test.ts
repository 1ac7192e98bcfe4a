import { isDeepStrictEqual } from 'node:util'
import t, { type Test } from 'tap'
import { hasQueryMethod } from '../../server/http/routing/query-method.ts'
import { loadDocument } from '../../server/openapi/document.ts'
import { operationsOf } from '../../server/openapi/operations.ts'
import { type Answer, type Application, application, base, condition, report } from '../application.ts'

type Call = Application['call']

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/
const uuid7 = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/
const nowhere = '019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11'

let names = 0
const freshName = () => `r-${++names}`
const cluster = (more: object = {}) => ({ kind: 'Cluster', name: freshName(), spec: {}, ...more })
const pool = (more: object = {}) => ({ kind: 'NodePool', name: freshName(), spec: {}, ...more })

/** Which members the violations of an answer name, each once. */
const fieldsOf = ({ body }: Answer): string[] =>
  [...new Set<string>(body?.errors?.map(({ field }: { field: string }) => field))].sort()

/** Asserts that a create is refused because of certain members, and that nothing came of it. */
async function isRefused(t: Test, call: Call, path: string, sent: unknown, fields: string[], title: string) {
  const { total } = (await call('GET', path)).body
  const answer = await call('POST', path, sent)
  t.equal(answer.status, 400, title)
  t.equal(answer.body.code, 'HYPERFLEET-VAL-000', title)
  t.strictSame(fieldsOf(answer), fields.sort(), title)
  t.equal((await call('GET', path)).body.total, total, `${title}: nothing is created`)
  return answer
}

t.test('creating a cluster', async (t) => {
  const { call } = await application(t)

  await t.test('answers 201 with all members, and where it is', async (t) => {
    const sent = cluster({ labels: { environment: 'production' }, spec: { region: 'us-east1' } })
    const { status, headers, body } = await call('POST', 'clusters', sent)
    t.equal(status, 201)
    t.match(body.id, uuid7)
    t.match(body.created_time, time)
    const { conditions } = body.status
    t.matchOnly(body, {
      kind: 'Cluster',
      id: body.id,
      href: `${base}/clusters/${body.id}`,
      name: sent.name,
      tenancy: {},
      labels: { environment: 'production' },
      spec: { region: 'us-east1' },
      generation: 1,
      created_time: body.created_time,
      updated_time: body.created_time,
      created_by: 'system@hyperfleet.local',
      updated_by: 'system@hyperfleet.local',
      status: { conditions },
    })
    t.strictSame(
      conditions.map(({ type, status, observed_generation }: Record<string, unknown>) => [
        type,
        status,
        observed_generation,
      ]),
      [
        ['Available', 'False', 0],
        ['Ready', 'False', 0],
        ['Reconciled', 'False', 1],
        ['LastKnownReconciled', 'False', 1],
      ],
    )
    t.equal(headers.location, body.href)
    const followed = await call('GET', String(headers.location))
    t.equal(followed.status, 200)
    t.strictSame(followed.body, body, 'it is read as it was answered')
  })

  await t.test('gives labels where none are sent, and no member that does not apply', async (t) => {
    const { body, text } = await call('POST', 'clusters', cluster())
    t.strictSame(body.labels, {})
    for (const member of ['owner_references', 'deleted_time', 'deleted_by']) t.notOk(member in body, member)
    t.notMatch(text, /null/)
    const read = await call('GET', `clusters/${body.id}`)
    for (const member of ['owner_references', 'deleted_time', 'deleted_by'])
      t.notOk(member in read.body, member)
  })

  await t.test('accepts and ignores what only the server sets', async (t) => {
    const { body: first } = await call('POST', 'clusters', cluster({ labels: { a: 'b' }, spec: { n: 1 } }))
    const name = freshName()
    const echoed = await call('POST', 'clusters', {
      ...first,
      name,
      generation: 7,
      created_by: 'mallory',
      updated_by: 'mallory',
      created_time: '2020-01-01T00:00:00.000000Z',
      deleted_time: '2020-01-01T00:00:00.000000Z',
      deleted_by: 'mallory',
      owner_references: { id: nowhere, kind: 'Cluster', href: '/' },
    })
    t.equal(echoed.status, 201)
    t.not(echoed.body.id, first.id)
    t.match(echoed.body, {
      name,
      generation: 1,
      labels: first.labels,
      spec: first.spec,
      created_by: first.created_by,
      updated_by: first.updated_by,
    })
    t.ok(echoed.body.created_time > first.created_time)
    for (const member of ['owner_references', 'deleted_time', 'deleted_by'])
      t.notOk(member in echoed.body, member)
    const nulls = await call('POST', 'clusters', cluster({ id: null, status: null, deleted_time: null }))
    t.equal(nulls.status, 201, 'nulls are ignored too')
  })

  await t.test('refuses a name that is taken', async (t) => {
    const sent = cluster()
    await call('POST', 'clusters', sent)
    const again = await call('POST', 'clusters', { ...sent, spec: { other: true } })
    t.match(again, {
      status: 409,
      body: {
        code: 'HYPERFLEET-CNF-001',
        type: 'https://api.hyperfleet.io/errors/resource-conflict',
        detail: `Cluster with name='${sent.name}' already exists`,
      },
    })
    const rivals = await Promise.all(
      Array.from({ length: 8 }, () => call('POST', 'clusters', { ...sent, name: 'rivals' })),
    )
    t.strictSame(
      rivals.map(({ status }) => status).sort(),
      [201, 409, 409, 409, 409, 409, 409, 409],
      'one of many at once gets it',
    )
  })

  await t.test('takes names of 3 to 53 characters', async (t) => {
    for (const name of ['abc', '0-9', 'a--b', '123', 'a'.repeat(53), `a${'-'.repeat(51)}z`])
      t.equal((await call('POST', 'clusters', cluster({ name }))).status, 201, name)
    const wrong = ['', 'ab', 'a'.repeat(54), 'Abc', '-ab', 'ab-', 'a_b', 'a.b', 'a b', 'äbc', 'abc\n', ' abc']
    for (const name of [...wrong, 123, null, ['abc'], { a: 1 }, true])
      await isRefused(t, call, 'clusters', cluster({ name }), ['name'], `the name ${JSON.stringify(name)}`)
  })

  await t.test('takes labels by the rules of Kubernetes', async (t) => {
    const prefix = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}`
    t.equal(prefix.length, 253)
    const right: Record<string, string>[] = [
      {},
      { a: '' },
      { A: 'Value' },
      { '0': '0' },
      { 'A_b.c-D': 'A_b.c-D' },
      { ['k'.repeat(63)]: 'v'.repeat(63) },
      { 'example.com/key': 'value' },
      { 'app.kubernetes.io/name': 'x', app: 'y' },
      { 'a/b': 'c' },
      { [`${prefix}/${'k'.repeat(63)}`]: 'x' },
      { constructor: 'x', toString: 'y', hasOwnProperty: 'z' },
    ]
    for (const labels of right) {
      const { status, body } = await call('POST', 'clusters', cluster({ labels }))
      t.equal(status, 201, JSON.stringify(labels))
      t.strictSame(body.labels, { ...labels }, JSON.stringify(labels))
    }
    const wrongKeys = [
      '',
      '-a',
      'a-',
      '_a',
      'a.',
      'a b',
      'ä',
      'a/b/c',
      '/a',
      'a/',
      '/',
      'Example.com/a',
      'exa_mple.com/a',
      'example..com/a',
      '-example.com/a',
      'k'.repeat(64),
      `x${prefix}/k`,
      `example.com/${'k'.repeat(64)}`,
      'a\n',
    ]
    for (const key of wrongKeys)
      await isRefused(
        t,
        call,
        'clusters',
        cluster({ labels: { good: 'x', [key]: 'x' } }),
        [`labels.${key}`],
        `the key ${JSON.stringify(key)}`,
      )
    for (const value of [
      '-a',
      'a-',
      '_',
      '.',
      'a b',
      'a/b',
      'ä',
      'v'.repeat(64),
      'a\n',
      1,
      true,
      null,
      {},
      [],
    ])
      await isRefused(
        t,
        call,
        'clusters',
        cluster({ labels: { good: 'x', key: value } }),
        ['labels.key'],
        `the value ${JSON.stringify(value)}`,
      )
    for (const labels of [[], 'a=b', 1])
      await isRefused(
        t,
        call,
        'clusters',
        cluster({ labels }),
        ['labels'],
        `labels ${JSON.stringify(labels)}`,
      )
  })

  await t.test('refuses a body by every rule that it breaks', async (t) => {
    await isRefused(t, call, 'clusters', {}, ['kind', 'name', 'spec'], 'an empty object')
    await isRefused(t, call, 'clusters', pool(), ['kind'], 'another kind')
    await isRefused(t, call, 'clusters', cluster({ kind: 'cluster' }), ['kind'], 'a kind in lower case')
    await isRefused(t, call, 'clusters', cluster({ foo: 1, Name: 'x' }), ['Name', 'foo'], 'unknown members')
    await isRefused(
      t,
      call,
      'clusters',
      cluster({ 'a.b/c~d': 1 }),
      ['a.b/c~d'],
      'a member with odd characters',
    )
    for (const spec of [null, [], 'x', 1, true, undefined])
      await isRefused(t, call, 'clusters', cluster({ spec }), ['spec'], `the spec ${JSON.stringify(spec)}`)
    const { body } = await isRefused(
      t,
      call,
      'clusters',
      { kind: 'Node', name: 'A', labels: { '-': 'x', b: '-' }, spec: [], other: 1, more: 2 },
      ['kind', 'labels.-', 'labels.b', 'more', 'name', 'other', 'spec'],
      'everything wrong',
    )
    for (const each of body.errors) {
      t.match(each, { field: /./, message: /./ })
    }
  })

  await t.test('a search in a GET of one resource is ignored', async (t) => {
    const { body: made } = await call('POST', 'clusters', cluster())
    const answer = await call('GET', `${made.href}?search=name%3D'other'`)
    t.equal(answer.status, 200)
    t.equal(answer.body.id, made.id)
  })

  await t.test('a violation names its rule in the words that clients know, or not at all', async (t) => {
    const errorsOf = async (path: string, body?: object, headers?: Record<string, string>) =>
      (await call(body ? 'POST' : 'GET', path, body, headers)).body.errors.map(
        ({ field, constraint }: Record<string, string>) => [field, constraint],
      )
    const long = 'a'.repeat(54)
    t.strictSame(await errorsOf('clusters', {}), [
      ['kind', 'required'],
      ['name', 'required'],
      ['spec', 'required'],
    ])
    t.strictSame(await errorsOf('clusters', cluster({ name: long })), [['name', 'max_length']])
    t.strictSame(await errorsOf('clusters', cluster({ name: 'a' })), [['name', 'min_length']])
    t.strictSame(await errorsOf('clusters', cluster({ name: 'Abc' })), [['name', 'pattern']])
    t.strictSame(await errorsOf('clusters', cluster({ kind: 'Node' })), [['kind', 'enum']])
    t.strictSame(await errorsOf('clusters', cluster({ spec: 1 })), [['spec', undefined]])
    t.strictSame(await errorsOf('clusters', cluster({ other: 1 })), [['other', undefined]])
    t.strictSame(await errorsOf('clusters?size=0'), [['size', 'min']])
    t.strictSame(await errorsOf('clusters?size=501'), [['size', 'max']])
    t.strictSame(await errorsOf('clusters?size=1&size=2'), [['size', undefined]])
    t.strictSame(await errorsOf('clusters?search=name'), [['search', undefined]])
  })
})

t.test('creating a node pool', async (t) => {
  const { call, database } = await application(t)
  const { body: parent } = await call('POST', 'clusters', cluster())
  const { body: other } = await call('POST', 'clusters', cluster())
  const path = `clusters/${parent.id}/nodepools`

  await t.test('answers 201 with a reference to its cluster', async (t) => {
    const sent = pool({ labels: { role: 'worker' }, spec: { replicas: 3 } })
    const { status, headers, body } = await call('POST', path, sent)
    t.equal(status, 201)
    t.match(body.id, uuid7)
    t.matchOnly(body, {
      kind: 'NodePool',
      id: body.id,
      href: `${base}/nodepools/${body.id}`,
      name: sent.name,
      tenancy: {},
      owner_references: { id: parent.id, kind: 'Cluster', href: parent.href },
      labels: { role: 'worker' },
      spec: { replicas: 3 },
      generation: 1,
      created_time: time,
      updated_time: body.created_time,
      created_by: 'system@hyperfleet.local',
      updated_by: 'system@hyperfleet.local',
      status: { conditions: body.status.conditions },
    })
    t.match(condition(body, 'Ready'), { reason: 'NoRequiredAdapters', message: /NODEPOOL_ADAPTERS/ })
    t.equal(headers.location, body.href)
    t.strictSame((await call('GET', String(headers.location))).body, body, 'its href can be followed')
    t.strictSame((await call('GET', body.owner_references.href)).body.id, parent.id, 'that of its owner too')
    t.strictSame((await call('GET', `${path}/${body.id}`)).body, body, 'the nested path answers the same')
  })

  await t.test('refuses a name that is taken in its cluster, and only there', async (t) => {
    const sent = pool()
    t.equal((await call('POST', path, sent)).status, 201)
    t.match(await call('POST', path, sent), {
      status: 409,
      body: { code: 'HYPERFLEET-CNF-001', detail: `NodePool with name='${sent.name}' already exists` },
    })
    t.equal((await call('POST', `clusters/${other.id}/nodepools`, sent)).status, 201, 'another cluster')
    t.equal((await call('POST', 'clusters', cluster({ name: sent.name }))).status, 201, 'another kind')
  })

  await t.test('takes names of 3 to 15 characters', async (t) => {
    for (const name of ['abc', 'a'.repeat(15)])
      t.equal((await call('POST', path, pool({ name }))).status, 201, name)
    for (const name of ['ab', 'a'.repeat(16), 'Abc', 'ab-'])
      await isRefused(t, call, path, pool({ name }), ['name'], name)
    await isRefused(t, call, path, cluster(), ['kind'], 'another kind')
    await isRefused(t, call, path, pool({ foo: 1 }), ['foo'], 'an unknown member')
  })

  await t.test('names the cluster that is missing', async (t) => {
    for (const id of ['abc', nowhere, nowhere.toUpperCase(), parent.id.toUpperCase()])
      t.match(
        await call('POST', `clusters/${id}/nodepools`, pool()),
        {
          status: 404,
          body: { code: 'HYPERFLEET-NTF-001', detail: `Cluster with id='${id}' not found` },
        },
        id,
      )
    const { body } = await call('POST', path, pool())
    t.match(await call('POST', `clusters/${body.id}/nodepools`, pool()), {
      status: 404,
      body: { detail: `Cluster with id='${body.id}' not found` },
    })
    const wrong = await call('POST', `clusters/${nowhere}/nodepools`, {})
    t.equal(wrong.status, 400, 'a wrong body is told first')
  })

  await t.test('is refused under a cluster that is marked for deletion, whose name is free', async (t) => {
    const sent = cluster()
    const { body: marked } = await call('POST', 'clusters', sent)
    await database.pool.query(
      "update resources set deleted_time = created_time, deleted_by = 'somebody' where id = $1",
      [marked.id],
    )
    t.match(await call('GET', `clusters/${marked.id}`), {
      status: 200,
      body: { deleted_time: marked.created_time, deleted_by: 'somebody' },
    })
    t.match(await call('POST', `clusters/${marked.id}/nodepools`, pool()), {
      status: 409,
      body: { code: 'HYPERFLEET-CNF-003', detail: `Cluster with id='${marked.id}' is marked for deletion` },
    })
    t.equal((await call('POST', 'clusters', sent)).status, 201, 'the name is free')
    t.equal((await call('POST', 'clusters', sent)).status, 409, 'and taken again')
  })
})

t.test('a spec comes back as it was sent', async (t) => {
  const { call } = await application(t)
  const created = (spec: string) =>
    call('POST', 'clusters', `{"kind":"Cluster","name":"${freshName()}","spec":${spec}}`)

  await t.test('by value', async (t) => {
    const specs: Record<string, string> = {
      'nothing at all': '{}',
      'all types': '{"a":null,"b":true,"c":false,"d":0,"e":"","f":[],"g":{}}',
      'nested emptiness': '{"a":[[],{},[[{}]]],"b":{"c":{"d":{}}}}',
      'members in any order': '{"z":1,"a":{"y":2,"b":3},"aa":4}',
      'unicode and emoji':
        '{"ключ":"值","emoji":"👩‍👩‍👧","\\u00e9":"e\\u0301","rtl":"\\u202eabc","é":"decomposed"}',
      'characters with meaning elsewhere':
        '{"a\\"b\\\\c":"\'; drop table resources; --","$1":"$2","%s":"\\n\\t\\u001f\\u007f\\u2028"}',
      'names of Object': '{"constructor":{"prototype":{"x":1}},"toString":"x","hasOwnProperty":null}',
      'names of numbers': '{"0":"a","1":"b","-1":"c","":"empty","a.b":"dot"," ":"space"}',
      'whole numbers': '{"a":1.0,"b":100,"c":-5,"d":1e2,"e":1E+2,"f":9007199254740991}',
      'large numbers': '{"a":1e308,"b":-1.7976931348623157e308,"c":123456789012345678901234567890}',
      'small numbers': '{"a":5e-324,"b":0.1,"c":1e-7,"d":2.2250738585072014e-308}',
      'names like secrets of ours':
        '{"id":1,"kind":2,"status":{"conditions":[]},"deleted_time":"x","labels":null}',
      'a long text': `{"a":"${'0123456789'.repeat(20_000)}"}`,
      'a long name': `{"${'k'.repeat(100_000)}":1}`,
      'many members': JSON.stringify(
        Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`k${at}`, at])),
      ),
    }
    for (const [title, spec] of Object.entries(specs)) {
      const { status, body } = await created(spec)
      t.equal(status, 201, title)
      const expected = JSON.parse(spec)
      t.ok(isDeepStrictEqual(body.spec, expected), title)
      const read = await call('GET', `clusters/${body.id}`)
      t.ok(isDeepStrictEqual(read.body.spec, expected), `${title}: read`)
      const listed = await call('GET', `clusters?search=name='${body.name}'`)
      t.ok(isDeepStrictEqual(listed.body.items[0].spec, expected), `${title}: listed`)
    }
  })

  await t.test('digit by digit', async (t) => {
    for (const digits of [
      '9007199254740993',
      '-9007199254740993',
      '0.10000000000000000001',
      '18446744073709551615',
    ]) {
      const { status, body, text } = await created(`{"digits":${digits}}`)
      t.equal(status, 201, digits)
      const written = new RegExp(`"digits": ?${digits.replace('.', '\\.')}\\D`)
      t.match(text, written, digits)
      t.match((await call('GET', `clusters/${body.id}`)).text, written, `${digits}: read`)
    }
  })

  await t.test('as it is, when a patch of labels repeats it in other digits', async (t) => {
    const { body } = await created('{"digits":1.0}')
    const path = `clusters/${body.id}`
    const patched = await call('PATCH', path, '{"labels":{"a":"b"},"spec":{"digits":1}}')
    t.equal(patched.status, 200)
    t.equal(patched.body.generation, 1)
    t.match(patched.text, /"digits": ?1\.0\D/)
    t.equal((await call('GET', path)).text, patched.text)
  })

  await t.test('or is refused', async (t) => {
    for (const digits of ['1e400', '-1e400', '1e-400', '9'.repeat(400)]) {
      const { status, body } = await created(`{"digits":${digits}}`)
      t.equal(status, 400, digits.slice(0, 20))
      t.match(body, { code: 'HYPERFLEET-VAL-000', errors: [{ message: /./ }] }, digits.slice(0, 20))
    }
  })
})

t.test('getting a resource', async (t) => {
  const { app, call } = await application(t)
  const { body: parent } = await call('POST', 'clusters', cluster())
  const { body: other } = await call('POST', 'clusters', cluster())
  const { body: child } = await call('POST', `clusters/${parent.id}/nodepools`, pool())
  const isMissing = async (t: Test, path: string, kind: string, id: string) =>
    t.match(
      await call('GET', path),
      {
        status: 404,
        body: {
          type: 'https://api.hyperfleet.io/errors/resource-not-found',
          code: 'HYPERFLEET-NTF-001',
          detail: `${kind} with id='${id}' not found`,
          instance: `${base}/${path}`,
        },
      },
      path,
    )

  await t.test('by an id that no resource has, or can have, is 404 and says of which kind', async (t) => {
    const ids = ['abc', nowhere, parent.id.toUpperCase(), `${parent.id}0`, `${parent.id}-`, 'null', '0', '-']
    for (const id of ids) {
      await isMissing(t, `clusters/${id}`, 'Cluster', id)
      await isMissing(t, `nodepools/${id}`, 'NodePool', id)
      await isMissing(t, `clusters/${parent.id}/nodepools/${id}`, 'NodePool', id)
      await isMissing(t, `clusters/${id}/nodepools/${child.id}`, 'Cluster', id)
      await isMissing(t, `clusters/${id}/nodepools/${id}`, 'Cluster', id)
      await isMissing(t, `clusters/${id}/nodepools`, 'Cluster', id)
      await isMissing(t, `clusters/${id}/statuses`, 'Cluster', id)
    }
    await isMissing(t, `clusters/${child.id}`, 'Cluster', child.id)
    await isMissing(t, `nodepools/${parent.id}`, 'NodePool', parent.id)
  })

  await t.test('under another cluster than its own is 404 for the node pool', async (t) => {
    t.equal((await call('GET', `clusters/${parent.id}/nodepools/${child.id}`)).status, 200)
    await isMissing(t, `clusters/${other.id}/nodepools/${child.id}`, 'NodePool', child.id)
    await isMissing(t, `clusters/${child.id}/nodepools/${child.id}`, 'Cluster', child.id)
  })

  await t.test('works with a slash at the end', async (t) => {
    for (const path of [
      `clusters/${parent.id}`,
      'clusters',
      `nodepools/${child.id}`,
      `clusters/${parent.id}/nodepools`,
      `clusters/${parent.id}/statuses`,
      base,
      '/api/hyperfleet',
    ]) {
      const [plain, slashed] = [await call('GET', path), await call('GET', `${path}/`)]
      t.equal(slashed.status, 200, path)
      t.strictSame(slashed.body, plain.body, path)
    }
    t.equal((await call('POST', 'clusters/', cluster())).status, 201)
  })

  await t.test('works by HEAD, without a body', async (t) => {
    for (const path of [`clusters/${parent.id}`, 'clusters', `clusters/${parent.id}/statuses`]) {
      const url = `${base}/${path}`
      const [get, head] = [await app.inject({ url }), await app.inject({ method: 'HEAD', url })]
      t.equal(head.statusCode, 200, path)
      t.equal(head.body, '', path)
      t.equal(head.headers['content-type'], get.headers['content-type'], path)
      t.equal(head.headers['content-length'], get.headers['content-length'], path)
    }
    const missing = await app.inject({ method: 'HEAD', url: `${base}/clusters/abc` })
    t.equal(missing.statusCode, 404)
    t.equal(missing.body, '')
    t.equal((await app.inject({ method: 'HEAD', url: `${base}/clusters?page=0` })).statusCode, 400)
  })
})

t.test('every operation', async (t) => {
  const { call } = await application(t)
  const operations = operationsOf(loadDocument()).map(({ method, path, operation }) => ({
    method,
    path: path.replace('{generation}', '1').replace(/\{\w+\}/g, nowhere),
    name: operation.operationId,
  }))

  await t.test('refuses a parameter that it does not know, by name', async (t) => {
    for (const { method, path, name } of operations) {
      const answer = await call(method, `${path}?serach=x&Page=1`)
      t.match(answer, { status: 400, body: { code: 'HYPERFLEET-VAL-000' } }, name)
      t.strictSame(fieldsOf(answer), ['Page', 'serach'], name)
    }
  })

  await t.test('names the route that creates a node pool', async (t) => {
    for (const path of ['nodepools', 'nodepools/'])
      t.match(await call('POST', path, { kind: 'NodePool', name: 'one', spec: {} }), {
        status: 422,
        body: { code: 'HYPERFLEET-VAL-000', detail: `POST ${base}/clusters/{cluster_id}/nodepools` },
      })
  })

  await t.test('says which methods its path has', async (t) => {
    for (const path of new Set(operations.map((each) => each.path))) {
      // A search is where a resource of the id `search` would be.
      const isHere = (each: string) => new RegExp(`^${each.replaceAll(nowhere, '[^/]+')}$`).test(path)
      const methods = operations.filter((each) => isHere(each.path)).map(({ method }) => method)
      if (methods.includes('GET')) methods.push('HEAD')
      if (hasQueryMethod && operations.some((each) => each.path === `${path}/search`)) methods.push('QUERY')
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY']) {
        if (methods.includes(method) || (method === 'POST' && path === `${base}/nodepools`)) continue
        const answer = await call(method, `${path}?page=x`)
        t.match(
          answer,
          {
            status: 405,
            headers: { allow: [...new Set(methods)].sort().join(', ') },
            body: {
              type: 'https://api.hyperfleet.io/errors/method-not-allowed',
              code: 'HYPERFLEET-VAL-013',
              instance: path,
            },
          },
          `${method} ${path}`,
        )
      }
    }
  })

  await t.test('is told from a route that is not there', async (t) => {
    for (const path of [
      '/api',
      '/api/hyperfleet/v2',
      '/api/hyperfleet/v2/clusters',
      `${base}/Clusters`,
      `${base}/cluster`,
      `${base}/clusters/${nowhere}/pods`,
      `${base}/clusters/${nowhere}/statuses/${nowhere}`,
      `${base}/nodepools/${nowhere}/nodepools`,
      '/healthz',
      '/metrics',
      '/favicon.ico',
    ])
      for (const method of ['GET', 'POST', 'DELETE'])
        t.match(
          await call(method, `${path}?x=1`),
          {
            status: 404,
            headers: { allow: undefined },
            body: {
              type: 'https://api.hyperfleet.io/errors/not-found',
              code: 'HYPERFLEET-NTF-000',
              instance: path,
            },
          },
          `${method} ${path}`,
        )
  })
})

t.test('what the server says of itself', async (t) => {
  const { call } = await application(t)
  const { body } = await call('GET', base)
  t.matchOnly(body, {
    id: 'hyperfleet',
    kind: 'API',
    href: base,
    version: /^\d+\.\d+\.\d+/,
    build_time: time,
  })
  t.strictSame((await call('GET', '/api/hyperfleet')).body, body)
  const compatibility = await call('GET', 'compatibility')
  t.match(compatibility.body, {
    kind: 'Compatibility',
    spec_version: loadDocument().info.version,
    generations: [
      { conditions: ['Available', 'Ready'] },
      { conditions: ['LastKnownReconciled', 'Reconciled'] },
    ],
  })
})

t.test('clients of each version of the specification are served as /compatibility says', async (t) => {
  const { call } = await application(t, { HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]' })
  for (const name of ['one', 'two'])
    t.equal((await call('POST', 'clusters', { kind: 'Cluster', name, spec: {} })).status, 201)
  const { body: list } = await call('GET', 'clusters')
  const [found] = list.items
  const types = found.status.conditions.map(({ type }: { type: string }) => type)
  const nameOf = async (query: string) =>
    (await call('GET', `clusters?${query}`)).body.items.map(({ name }: { name: string }) => name)
  const served: Record<string, () => unknown> = {
    '1.0.11': () => t.ok(types.includes('LastKnownReconciled')),
    '1.0.13': async () =>
      t.equal(
        (await call('POST', `clusters/${found.id}/statuses`, report('validation', 1, 'True', 1))).status,
        201,
      ),
    '1.0.14': () => t.ok(types.includes('Ready')),
    '1.0.17': async () => t.equal((await call('GET', `resources/${found.id}`)).body.id, found.id),
    '1.0.21': () => t.equal(list.kind, 'ClusterList'),
    '1.0.24': async () => {
      t.strictSame(await nameOf('size=1&order=name desc'), ['two'])
      t.strictSame(await nameOf('pageSize=1&orderBy=name&order=desc'), ['two'])
    },
  }
  const { changes } = (await call('GET', 'compatibility')).body
  t.strictSame(
    changes.map(({ spec_version }: { spec_version: string }) => spec_version),
    Object.keys(served),
  )
  for (const check of Object.values(served)) await check()
})

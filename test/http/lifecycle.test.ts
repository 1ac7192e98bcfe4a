import type pg from 'pg'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { handlers } from '../../handlers/index.ts'
import { Database } from '../../server/db/database.ts'
import { migrate } from '../../server/db/migrate.ts'
import { buildApp } from '../../server/http/app.ts'
import { createMetrics } from '../../server/observability/metrics.ts'
import { loadDocument } from '../../server/openapi/document.ts'
import { type Answer, type Application, application, base, condition, report } from '../application.ts'
import { kinds, testConfig } from '../databases.ts'
import { openSession, untilWaiting } from '../sessions.ts'

type Call = Application['call']

/** A resource that a test made, and one of the paths under which it is found. */
interface Made {
  id: string
  path: string
  body: Answer['body']
}

const both = {
  HYPERFLEET_CLUSTER_ADAPTERS: '["validation","dns"]',
  HYPERFLEET_NODEPOOL_ADAPTERS: '["validation","dns"]',
}
const caller = 'system@hyperfleet.local'
const mergePatch = { 'content-type': 'application/merge-patch+json' }
const nowhere = '019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11'
const aggregated = ['Available', 'Ready', 'Reconciled', 'LastKnownReconciled']

let names = 0
const freshName = () => `l-${++names}`
const cluster = (more: object = {}) => ({ kind: 'Cluster', name: freshName(), spec: {}, ...more })
const pool = (more: object = {}) => ({ kind: 'NodePool', name: freshName(), spec: {}, ...more })

async function newCluster(call: Call, more: object = {}): Promise<Made> {
  const { status, body } = await call('POST', 'clusters', cluster(more))
  if (status !== 201) throw new Error(JSON.stringify(body))
  return { id: body.id, path: `clusters/${body.id}`, body }
}

async function newPool(call: Call, owner: Made, more: object = {}): Promise<Made> {
  const { status, body } = await call('POST', `${owner.path}/nodepools`, pool(more))
  if (status !== 201) throw new Error(JSON.stringify(body))
  return { id: body.id, path: `nodepools/${body.id}`, body }
}

/** What can be changed, by each of its paths. */
const makers: Record<string, (call: Call, more?: object) => Promise<Made>> = {
  'a cluster': newCluster,
  'a node pool by its own path': async (call, more) => newPool(call, await newCluster(call), more),
  'a node pool under its cluster': async (call, more) => {
    const owner = await newCluster(call)
    const made = await newPool(call, owner, more)
    return { ...made, path: `${owner.path}/${made.path}` }
  },
}

const finalized = (adapter: string, generation: number, minute: number, more: object = {}) => ({
  ...report(adapter, generation, 'False', minute),
  conditions: [
    { type: 'Health', status: 'True' },
    { type: 'Finalized', status: 'True' },
  ],
  ...more,
})

async function reports(call: Call, { path }: Made, ...all: object[]) {
  for (const each of all) {
    const { status, text } = await call('PUT', `${path}/statuses`, each)
    if (status !== 200) throw new Error(`${status} ${text}`)
  }
}

/** Both adapters confirm a generation. */
const confirm = (call: Call, made: Made, generation: number, minute: number) =>
  reports(
    call,
    made,
    report('validation', generation, 'True', minute),
    report('dns', generation, 'True', minute + 1),
  )

const statusOf = async (call: Call, { path }: Made) => (await call('GET', path)).status

/** The row of a resource as PostgreSQL knows it: another version of it has another xmin. */
async function rowOf({ database }: Application, { id }: Made): Promise<string> {
  const { rows } = await database.pool.query(
    'select xmin || $$ $$ || ctid as row from resources where id = $1',
    [id],
  )
  return rows[0]?.row
}

const fieldsOf = ({ body }: Answer): string[] =>
  [...new Set<string>(body?.errors?.map(({ field }: { field: string }) => field))].sort()

/** Asserts that the database is as the rules want it, and that lists count what is there. */
async function isInOrder(t: Test, { call, database }: Application) {
  t.strictSame(await database.all('list_inconsistencies', {}), [], 'nothing in the database breaks a rule')
  for (const path of ['clusters', 'nodepools']) {
    let listed = 0
    for (let page = 1; ; page++) {
      const { body } = await call('GET', `${path}?size=500&page=${page}`)
      listed += body.items.length
      if (body.items.length) continue
      t.equal(body.total, listed, `the total of ${path} is what is there`)
      break
    }
  }
}

t.test('PATCH', async (t) => {
  const server = await application(t, both)
  const { call, database } = server

  for (const [what, make] of Object.entries(makers)) {
    await t.test(`${what}: spec and labels are replaced whole, each for itself`, async (t) => {
      const made = await make(call, { spec: { a: 1, b: { c: 2 } }, labels: { x: '1', y: '2' } })
      const spec = await call('PATCH', made.path, { spec: { b: { d: 3 } } })
      t.equal(spec.status, 200)
      t.strictSame(spec.body.spec, { b: { d: 3 } })
      t.strictSame(spec.body.labels, { x: '1', y: '2' }, 'what is absent stays')
      const labels = await call('PATCH', made.path, { labels: { z: '3' } })
      t.strictSame(labels.body.labels, { z: '3' })
      t.strictSame(labels.body.spec, { b: { d: 3 } }, 'what is absent stays')
      const cleared = await call('PATCH', made.path, { spec: {}, labels: {} })
      t.strictSame([cleared.body.spec, cleared.body.labels], [{}, {}])
      t.strictSame((await call('GET', made.path)).body, cleared.body, 'it is read as it was answered')
    })

    await t.test(`${what}: a patch that is equal by value writes nothing`, async (t) => {
      const made = await make(call, {
        spec: { a: 1, b: { c: [1, 2], d: 100 }, e: null },
        labels: { x: '1', y: '2' },
      })
      const before = await call('GET', made.path)
      const row = await rowOf(server, made)
      for (const patch of [
        { spec: made.body.spec },
        { labels: made.body.labels },
        { spec: made.body.spec, labels: made.body.labels, generation: 1 },
        '{"spec":{"e":null,"b":{"d":100,"c":[1,2]},"a":1}}',
        '  {\n"spec" : {"a":1.0, "b":{"c":[1.00,2e0],"d":1e2}, "e":null}, "labels": {"y":"2","x":"1"} }',
        '{"spec":null,"labels":{"y":"2","x":"1"},"generation":null}',
      ]) {
        const answer = await call('PATCH', made.path, patch)
        t.equal(answer.status, 200)
        t.equal(answer.headers.etag, before.headers.etag)
        t.strictSame(answer.body, before.body)
      }
      for (const patch of [{ spec: {} }, { labels: {} }, { spec: { a: 1, f: null }, labels: { q: null } }]) {
        const answer = await call('PATCH', made.path, patch, mergePatch)
        t.equal(answer.status, 200)
        t.equal(answer.headers.etag, before.headers.etag)
        t.strictSame(answer.body, before.body)
      }
      t.equal(await rowOf(server, made), row, 'the row is the one it was')
    })

    await t.test(`${what}: a change of labels alone begins no generation`, async (t) => {
      const made = await make(call, { labels: { x: '1' } })
      await confirm(call, made, 1, 1)
      const before = await call('GET', made.path)
      await database.pool.query(
        `update resources set created_by = 'founder', updated_by = 'somebody' where id = $1`,
        [made.id],
      )
      const after = await call('PATCH', made.path, { labels: { x: '2' } })
      t.equal(after.body.generation, 1)
      t.strictSame(after.body.status, before.body.status, 'no condition changes, nor its times')
      t.ok(after.body.updated_time > before.body.updated_time)
      t.match(after.body, { created_by: 'founder', updated_by: caller })
      t.not(after.headers.etag, before.headers.etag)
      const { body } = await call('PATCH', made.path, { spec: { n: 1 } })
      const again = await call('PATCH', made.path, { labels: {} })
      t.strictSame(again.body.status, body.status, 'nor when the generation is not confirmed')
    })

    await t.test(`${what}: a change of spec begins a generation`, async (t) => {
      const made = await make(call, { spec: { n: 1 } })
      await confirm(call, made, 1, 1)
      const { body: before } = await call('GET', made.path)
      t.equal(condition(before, 'Ready')?.status, 'True')
      const { body } = await call('PATCH', made.path, { spec: { n: 2 } })
      t.equal(body.generation, 2)
      t.equal(body.created_time, before.created_time)
      t.ok(body.updated_time > before.updated_time)
      for (const type of ['Ready', 'Reconciled']) {
        t.match(condition(body, type), {
          status: 'False',
          reason: 'ReconciledMissingAdapters',
          observed_generation: 2,
          created_time: before.created_time,
          last_updated_time: body.updated_time,
          last_transition_time: body.updated_time,
        })
      }
      for (const type of ['Available', 'LastKnownReconciled', 'ValidationSuccessful', 'DnsSuccessful'])
        t.strictSame(condition(body, type), condition(before, type), `${type} is kept`)
      const { body: third } = await call('PATCH', made.path, { spec: { n: 3 }, labels: { x: '1' } })
      t.equal(third.generation, 3, 'one patch, one generation')
      t.equal(condition(third, 'Ready')?.last_updated_time, third.updated_time)
      t.equal(condition(third, 'Ready')?.last_transition_time, body.updated_time)
      const { body: fourth } = await call('PATCH', made.path, { spec: { n: 2 } })
      t.equal(fourth.generation, 4, 'going back is a change as well')
    })

    await t.test(`${what}: what a patch cannot have is refused, all of it at once`, async (t) => {
      const made = await make(call)
      const before = await call('GET', made.path)
      const readOnly = {
        ...made.body,
        kind: 'Cluster',
        name: 'other',
        deleted_time: '2026-01-01T00:00:00Z',
        deleted_by: 'me',
      }
      const all = await call('PATCH', made.path, { ...readOnly, serach: 1 })
      t.match(all, { status: 400, body: { code: 'HYPERFLEET-VAL-000' } })
      const refused = Object.keys({ ...readOnly, serach: 1 }).filter(
        (member) => !['spec', 'labels', 'generation'].includes(member),
      )
      t.strictSame(fieldsOf(all), refused.sort())
      for (const member of refused) {
        const answer = await call('PATCH', made.path, { spec: { n: 1 }, [member]: readOnly[member] ?? 1 })
        t.equal(answer.status, 400, member)
        t.strictSame(fieldsOf(answer), [member])
      }
      const broken = { name: 'x', spec: [], labels: { a: 1, 'b b': '' }, generation: 0 }
      for (const headers of [{}, mergePatch]) {
        const answer = await call('PATCH', made.path, broken, headers)
        t.equal(answer.status, 400)
        t.strictSame(fieldsOf(answer), ['generation', 'labels.a', 'labels.b b', 'name', 'spec'])
      }
      for (const body of ['[]', '"spec"', 'null', '7', '{"generation":1.5,"spec":{}}', '{"spec":"x"}'])
        t.match(await call('PATCH', made.path, body), { status: 400, body: { code: /VAL-000/ } }, body)
      t.equal((await call('GET', made.path)).headers.etag, before.headers.etag)
    })

    await t.test(`${what}: null counts as absent, and nothing to change is refused`, async (t) => {
      const made = await make(call, { spec: { n: 1 }, labels: { x: '1' } })
      const changed = await call('PATCH', made.path, { spec: null, labels: { y: '2' }, generation: null })
      t.match(changed, { status: 200, body: { spec: { n: 1 }, labels: { y: '2' }, generation: 1 } })
      t.strictSame((await call('PATCH', made.path, { spec: { n: 2 }, labels: null })).body.labels, { y: '2' })
      for (const patch of [
        {},
        { spec: null },
        { labels: null },
        { spec: null, labels: null, generation: null },
        { generation: 2 },
        { generation: 1, spec: null },
      ]) {
        const answer = await call('PATCH', made.path, patch)
        t.match(answer, { status: 400, body: { code: 'HYPERFLEET-VAL-005' } }, JSON.stringify(patch))
      }
      for (const patch of [{}, { generation: 2 }, { generation: null }]) {
        const answer = await call('PATCH', made.path, patch, mergePatch)
        t.match(answer, { status: 400, body: { code: 'HYPERFLEET-VAL-005' } }, JSON.stringify(patch))
      }
    })

    await t.test(`${what}: a null within the spec is a value`, async (t) => {
      const made = await make(call, { spec: { n: 1 } })
      const { body } = await call('PATCH', made.path, { spec: { n: null, m: { k: null } } })
      t.strictSame(body.spec, { n: null, m: { k: null } })
      t.equal(body.generation, 2)
    })

    await t.test(`${what}: numbers that a double cannot hold are kept`, async (t) => {
      const made = await make(call)
      const spec = '{"a":9007199254740993,"b":0.1000000000000000055511151231257827,"c":1e300}'
      const answer = await call('PATCH', made.path, `{"spec":${spec}}`)
      t.equal(answer.status, 200)
      t.match(answer.text, '9007199254740993')
      t.match(answer.text, '0.1000000000000000055511151231257827')
      const merged = await call('PATCH', made.path, '{"spec":{"a":9007199254740992}}', mergePatch)
      t.equal(merged.body.generation, 3, 'the next number is another one')
      t.match(merged.text, '0.1000000000000000055511151231257827')
    })

    await t.test(`${what}: the generation is a precondition when it is sent`, async (t) => {
      const made = await make(call)
      for (const headers of [{}, mergePatch]) {
        for (const patch of [{ labels: {} }, { spec: { n: 1 } }]) {
          const answer = await call('PATCH', made.path, { ...patch, generation: 7 }, headers)
          t.match(answer, { status: 409, body: { code: 'HYPERFLEET-CNF-002' } })
          t.match(answer.body.type, /version-conflict$/)
        }
      }
      t.match(await call('PATCH', made.path, '{"spec":{"n":1},"generation":1.0}'), {
        status: 200,
        body: { generation: 2 },
      })
      t.equal((await call('PATCH', made.path, { spec: { n: 2 }, generation: 1 })).status, 409)
      t.equal(
        (await call('PATCH', made.path, { spec: { n: 1 }, generation: 1 })).status,
        409,
        'if equal, too',
      )
    })

    await t.test(`${what}: it is refused by tag, then mark, then generation`, async (t) => {
      const made = await make(call)
      const patch = { spec: { n: 1 }, generation: 7 }
      const stale = { 'if-match': '"99"' }
      t.match(await call('PATCH', made.path, patch, stale), { status: 412, body: { code: /CNF-002/ } })
      await call('DELETE', made.path)
      t.match(await call('PATCH', made.path, patch, stale), { status: 412, body: { code: /CNF-002/ } })
      t.match(await call('PATCH', made.path, patch), {
        status: 409,
        body: { code: 'HYPERFLEET-CNF-003', type: /state-conflict$/ },
      })
      t.match(await call('PATCH', made.path, { spec: {} }), { status: 409, body: { code: /CNF-003/ } })
      t.match(await call('PATCH', made.path, {}), { status: 400, body: { code: /VAL-005/ } })
      const elsewhere = made.path.replace(made.id, nowhere)
      t.match(await call('PATCH', elsewhere, patch, stale), { status: 404, body: { code: /NTF-001/ } })
    })
  }

  await t.test('takes JSON and JSON merge patches, and nothing else', async (t) => {
    const { path } = await newCluster(call)
    const types = [
      'text/plain',
      'application/json-patch+json',
      'application/yaml',
      'application/problem+json',
    ]
    for (const type of types) {
      const answer = await call('PATCH', path, { spec: {} }, { 'content-type': type })
      t.match(answer, { status: 415, body: { code: 'HYPERFLEET-VAL-011' } }, type)
    }
    for (const type of ['application/json; charset=utf-8', 'Application/Merge-Patch+JSON;charset=utf-8'])
      t.equal((await call('PATCH', path, { spec: {} }, { 'content-type': type })).status, 200, type)
    t.equal((await call('POST', 'clusters', cluster(), mergePatch)).status, 415, 'a create is no patch')
  })

  await t.test('merges as RFC 7396 shows it', async (t) => {
    const { path } = await newCluster(call)
    const isObject = (value: unknown) => typeof value === 'object' && !Array.isArray(value) && value !== null
    const examples: [target: unknown, patch: unknown, result: unknown][] = [
      [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
      [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
      [{ a: 'b' }, { a: null }, {}],
      [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
      [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
      [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
      [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
      [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
      [
        ['a', 'b'],
        ['c', 'd'],
        ['c', 'd'],
      ],
      [{ a: 'b' }, ['c'], ['c']],
      [{ a: 'foo' }, null, undefined],
      [{ a: 'foo' }, 'bar', 'bar'],
      [{ e: null }, { a: 1 }, { e: null, a: 1 }],
      [[1, 2], { a: 'b', c: null }, { a: 'b' }],
      [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
      // Not among them: what an array holds is not merged.
      [{ a: [{ b: 1 }] }, { a: [{ b: null }] }, { a: [{ b: null }] }],
    ]
    for (const [target, patch, result] of examples) {
      const title = `${JSON.stringify(target)} with ${JSON.stringify(patch)}`
      await call('PATCH', path, { spec: { m: target } })
      const inner = await call('PATCH', path, { spec: { m: patch } }, mergePatch)
      t.equal(inner.status, 200, title)
      t.strictSame(inner.body.spec, result === undefined ? {} : { m: result }, `${title}, as a member`)
      if (!isObject(target)) continue
      await call('PATCH', path, { spec: target })
      const whole = await call('PATCH', path, { spec: patch }, mergePatch)
      t.equal(whole.status, isObject(patch) ? 200 : 400, title)
      t.strictSame((await call('GET', path)).body.spec, isObject(patch) ? result : target, title)
    }
  })

  await t.test('merges labels, and removes those that are null', async (t) => {
    const { path } = await newCluster(call, { spec: { n: 1 }, labels: { a: '1', b: '2', c: '3' } })
    const some = await call('PATCH', path, { labels: { a: null, b: '4', d: '', z: null } }, mergePatch)
    t.strictSame(some.body.labels, { b: '4', c: '3', d: '' })
    const found = await call('GET', `clusters?search=${encodeURIComponent("labels.b='4'")}`)
    t.equal(found.body.total, 1, 'the new label is found')
    const lost = await call('GET', `clusters?search=${encodeURIComponent("labels.b='2'")}`)
    t.equal(lost.body.total, 0, 'the old one is not')
    const none = await call('PATCH', path, { labels: null }, mergePatch)
    t.match(none, { status: 200, body: { spec: { n: 1 }, generation: 1 } })
    t.strictSame(none.body.labels, {})
    const before = none.headers.etag
    t.equal((await call('PATCH', path, { labels: null }, mergePatch)).headers.etag, before)
    t.match(await call('PATCH', path, { spec: null, labels: { a: '1' } }, mergePatch), {
      status: 400,
      body: { code: /VAL-000/, errors: [{ field: 'spec' }] },
    })
    t.equal((await call('GET', path)).headers.etag, before)
  })

  await isInOrder(t, server)
})

t.test('the entity tag', async (t) => {
  const server = await application(t, both)
  const { call } = server
  const strong = /^"[^"]+"$/

  for (const [what, make] of Object.entries(makers)) {
    await t.test(`${what}: changes with all that can be seen, and with nothing else`, async (t) => {
      const made = await make(call, { labels: { x: '1' } })
      const { path } = made
      const seen = new Map<string, string>()
      const tagNow = async () => {
        const { headers, text } = await call('GET', path)
        const tag = String(headers.etag)
        t.match(tag, strong)
        if (seen.has(tag)) t.equal(text, seen.get(tag), 'what has the same tag is the same')
        seen.set(tag, text)
        return tag
      }
      let last = await tagNow()
      const changes = async (title: string, answer: Promise<Answer>) => {
        const { headers, status } = await answer
        t.ok(status < 300, title)
        const tag = await tagNow()
        if ('etag' in headers) t.equal(headers.etag, tag, 'the answer has it already')
        t.not(tag, last, title)
        last = tag
      }
      const keeps = async (title: string, answer: Promise<Answer>, status: number) => {
        t.equal((await answer).status, status, title)
        t.equal(await tagNow(), last, title)
      }
      const put = (body: object) => call('PUT', `${path}/statuses`, body)

      await changes('labels', call('PATCH', path, { labels: {} }))
      await changes('spec', call('PATCH', path, { spec: { n: 1 } }))
      await changes('a report that changes a condition', put(report('validation', 2, 'False', 1)))
      await changes('a report that changes a time', put(report('validation', 2, 'False', 2)))
      await changes('a report on an older generation', put(report('dns', 1, 'True', 2)))
      await keeps('an equal report', put(report('validation', 2, 'False', 2)), 200)
      await keeps('a report too old', put(report('validation', 2, 'False', 1)), 204)
      await keeps('a report too early', put(report('validation', 3, 'False', 3)), 204)
      await keeps('a report that knows nothing', put(report('validation', 2, 'Unknown', 3)), 204)
      await keeps('a report of another adapter', put(report('other', 2, 'False', 4)), 200)
      await keeps('other data', put(report('validation', 2, 'False', 2, { data: { n: 1 } })), 200)
      await keeps('an equal patch', call('PATCH', path, { spec: { n: 1.0 }, labels: {} }), 200)
      await keeps('a patch that is refused', call('PATCH', path, { name: 'x' }), 400)
      await changes('the mark', call('DELETE', path))
      await keeps('marking again', call('DELETE', path), 202)
      await changes('a report after the mark', put(finalized('validation', 3, 5)))
      await keeps('an equal one', put(finalized('validation', 3, 5)), 200)
    })

    await t.test(`${what}: If-None-Match answers 304 without a body`, async (t) => {
      const { path } = await make(call)
      const { headers } = await call('GET', path)
      const tag = String(headers.etag)
      for (const header of [
        tag,
        '*',
        ` ${tag} `,
        `W/${tag}`,
        `"a", ${tag}`,
        `${tag},"b"`,
        `"a",W/${tag} , "b"`,
      ]) {
        const answer = await call('GET', path, undefined, { 'if-none-match': header })
        t.equal(answer.status, 304, header)
        t.equal(answer.text, '')
        t.equal(answer.headers.etag, tag)
      }
      for (const header of [
        '"99"',
        tag.replaceAll('"', ''),
        'garbage',
        '"a", "b"',
        tag.slice(0, -1),
        '""',
        '"*"',
      ]) {
        const answer = await call('GET', path, undefined, { 'if-none-match': header })
        t.equal(answer.status, 200, header)
      }
      await call('PATCH', path, { labels: { x: '1' } })
      t.equal((await call('GET', path, undefined, { 'if-none-match': tag })).status, 200, 'after a change')
      const elsewhere = path.replace(/[^/]+$/, nowhere)
      t.equal((await call('GET', elsewhere, undefined, { 'if-none-match': '*' })).status, 404)
    })

    await t.test(`${what}: If-Match lets through who has seen the last version`, async (t) => {
      const { path } = await make(call)
      const tagNow = async () => String((await call('GET', path)).headers.etag)
      const patch = (header: string, n: number) =>
        call('PATCH', path, { labels: { n: String(n) } }, { 'if-match': header })
      const forms: ((tag: string) => string)[] = [
        (tag) => tag,
        () => '*',
        (tag) => `W/${tag}`,
        (tag) => `"a", ${tag}`,
        (tag) => `${tag} ,"b"`,
        (tag) => `"a",W/${tag},"b"`,
      ]
      for (const [n, form] of forms.entries()) {
        const tag = await tagNow()
        t.match(await patch(form(tag), n), { status: 200, body: { labels: { n: String(n) } } }, form(tag))
        if (form(tag) !== '*') t.equal((await patch(form(tag), n)).status, 412, 'and only once')
      }
      const tag = await tagNow()
      const wrong = [
        '"99"',
        tag.replaceAll('"', ''),
        'garbage',
        '"a", "b"',
        tag.slice(0, -1),
        '""',
        '"*"',
        ',',
      ]
      for (const header of wrong) {
        t.match(await patch(header, 99), { status: 412, body: { code: 'HYPERFLEET-CNF-002' } }, header)
        const deleted = await call('DELETE', path, undefined, { 'if-match': header })
        t.match(deleted, { status: 412, body: { code: 'HYPERFLEET-CNF-002' } }, header)
      }
      t.equal(await tagNow(), tag, 'nothing has changed')
      const elsewhere = path.replace(/[^/]+$/, nowhere)
      t.equal((await call('DELETE', elsewhere, undefined, { 'if-match': '"99"' })).status, 404)
      const equal = await call('PATCH', path, { labels: { n: '5' } }, { 'if-match': '"99"' })
      t.equal(equal.status, 412, 'also where nothing would change')
      const marked = await call('DELETE', path, undefined, { 'if-match': `W/${tag}` })
      t.equal(marked.status, 202)
      t.equal((await call('DELETE', path, undefined, { 'if-match': tag })).status, 412, 'also when repeated')
      t.equal((await call('DELETE', path, undefined, { 'if-match': await tagNow() })).status, 202)
    })
  }

  await t.test('is sent in a header of 1 to 1024 characters', async (t) => {
    const { path } = await newCluster(call)
    const list = `"1", ${'"a",'.repeat(300)}`.slice(0, 1023)
    for (const [method, header, body] of [
      ['GET', 'if-none-match'],
      ['PATCH', 'if-match', { spec: {} }],
      ['DELETE', 'if-match'],
    ] as const) {
      for (const value of ['', `"1",${'a'.repeat(1021)}`]) {
        const answer = await call(method, path, body, { [header]: value })
        t.match(answer, { status: 400, body: { code: 'HYPERFLEET-VAL-000' } }, `${method} ${header}`)
        t.strictSame(
          fieldsOf(answer).map((field) => field.toLowerCase()),
          [header],
        )
      }
      t.ok((await call(method, path, body, { [header]: list })).status < 400, `${method} with a long list`)
    }
  })

  await t.test('lets one through of many who have seen the same version', async (t) => {
    const { path } = await newCluster(call)
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => call('PATCH', path, { spec: { n } }, { 'if-match': '"1"' })),
    )
    t.strictSame(answers.map(({ status }) => status).sort(), [200, ...Array(9).fill(412)])
    t.match((await call('GET', path)).body, { generation: 2 })
    const unguarded = await Promise.all(
      Array.from({ length: 10 }, (_, n) => call('PATCH', path, { spec: { m: n } })),
    )
    t.equal(new Set(unguarded.map(({ headers }) => headers.etag)).size, 10, 'each change has its own')
    t.equal(new Set(unguarded.map(({ body }) => body.updated_time)).size, 10, 'and its own time')
    const times = unguarded.map(({ body }) => body).sort((a, b) => a.generation - b.generation)
    t.strictSame(
      times.map(({ updated_time }) => updated_time),
      times.map(({ updated_time }) => updated_time).sort(),
      'in the order of the generations',
    )
  })

  await t.test('is of a later time when the change had to wait for another', async (t) => {
    const { id, path } = await newCluster(call)
    const session = await openSession(t, server.url)
    await session.query('begin')
    await session.query('select from resources where id = $1 for no key update', [id])
    const waiting = call('PATCH', path, { spec: { n: 2 } })
    await untilWaiting(session, 1)
    const { rows } = await session.query(
      `select format_time(updated_time) as time from patch_resource('Cluster', null, $1, '{"spec":{"n":1}}', false, 'test', null, 1048576, '{}')`,
      [id],
    )
    await session.query('commit')
    const { body, headers } = await waiting
    t.match(body, { generation: 3, spec: { n: 2 }, updated_by: caller })
    t.ok(body.updated_time > rows[0].time)
    t.equal((await call('GET', path)).headers.etag, headers.etag)
  })

  await t.test('a report moves it without moving updated_time', async (t) => {
    const made = await newCluster(call)
    await confirm(call, made, 1, 1)
    const { headers, body } = await call('GET', made.path)
    t.not(headers.etag, '"1"')
    t.equal(body.updated_time, made.body.updated_time)
    t.equal(body.updated_by, made.body.updated_by)
  })

  await t.test('is in every answer that shows the resource', async (t) => {
    const created = await call('POST', 'clusters', cluster())
    t.match(created.headers.etag, strong)
    const path = `clusters/${created.body.id}`
    t.equal((await call('GET', path)).headers.etag, created.headers.etag)
    t.equal((await call('HEAD', path)).headers.etag, created.headers.etag)
    t.match((await call('PATCH', path, { spec: { n: 1 } })).headers.etag, strong)
    t.match((await call('DELETE', path)).headers.etag, strong)
  })

  await t.test('a marked parent does not change the tag of a child a second time', async (t) => {
    const owner = await newCluster(call)
    const child = await newPool(call, owner)
    const first = (await call('DELETE', child.path)).headers.etag
    await call('DELETE', owner.path)
    t.equal((await call('GET', child.path)).headers.etag, first)
  })

  await isInOrder(t, server)
})

t.test('a create with an Idempotency-Key', async (t) => {
  const server = await application(t, both)
  const { call, database, url } = server
  let keys = 0
  const freshKey = () => ({ 'idempotency-key': `key-${++keys}` })
  const count = async (path = 'clusters') => (await call('GET', path)).body.total
  const kept = async (key: { 'idempotency-key': string }) => {
    const { rows } = await database.pool.query('select from idempotency_keys where key = $1', [
      key['idempotency-key'],
    ])
    return rows.length
  }
  const isSame = (t: Test, answer: Answer, first: Answer) => {
    t.equal(answer.status, 201)
    t.equal(answer.text, first.text)
    t.equal(answer.headers.etag, first.headers.etag)
    t.equal(answer.headers.location, first.headers.location)
  }
  const owner = await newCluster(call)
  const other = await newCluster(call)
  /** A session that counts resources in another slot (count_resources, by its pid) than those of the server: it holds up none. */
  const openApart = async (t: Test): Promise<pg.Client> => {
    const session = await openSession(t, url)
    const { rowCount } = await session.query(
      `select from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and pid % 16 = pg_backend_pid() % 16`,
    )
    return rowCount ? openApart(t) : session
  }
  /** Creates in a transaction of the test's own, as a request would that has not ended yet. */
  const begin = async (t: Test, key: { 'idempotency-key': string }, body: string) => {
    const session = await openApart(t)
    await session.query('begin')
    const { rows } = await session.query(
      `select pg_backend_pid() as pid, created.* from create_resource_once('Cluster', null, $1, $2, 'Cluster', $3, '24h', '{}', '') as created`,
      [body, caller, key['idempotency-key']],
    )
    return { session, first: rows[0] }
  }

  for (const [path, make] of [
    ['clusters', cluster],
    [`${owner.path}/nodepools`, pool],
  ] as const) {
    await t.test(`POST ${path.replace(/\/.*\//, '/…/')}: is answered as the first time`, async (t) => {
      const key = freshKey()
      const sent = make({ spec: { n: 1 }, labels: { x: '1' } })
      const before = await count(path)
      const first = await call('POST', path, sent, key)
      t.equal(first.status, 201)
      isSame(t, await call('POST', path, sent, key), first)
      isSame(t, await call('POST', `${path}/`, sent, key), first)
      t.equal(await count(path), before + 1, 'one is created')

      const href = String(first.headers.location)
      await call('PATCH', href, { spec: { n: 2 } })
      isSame(t, await call('POST', path, sent, key), first)
      await call('DELETE', href)
      isSame(t, await call('POST', path, sent, key), first)
      const kind = path === 'clusters' ? 'clusters' : `${owner.path}/nodepools`
      const forced = `${kind}/${first.body.id}/force-delete`
      t.equal((await call('POST', forced, { reason: 'test' })).status, 204)
      isSame(t, await call('POST', path, sent, key), first)
      t.equal(await count(path), before, 'also when it is gone')
    })

    await t.test(`POST ${path.replace(/\/.*\//, '/…/')}: with another body is refused`, async (t) => {
      const key = freshKey()
      const sent = make()
      const first = await call('POST', path, sent, key)
      const before = await count(path)
      for (const body of [make(), { ...sent, spec: { n: 1 } }, ` ${JSON.stringify(sent)}`]) {
        const answer = await call('POST', path, body, key)
        t.match(answer, { status: 422, body: { code: 'HYPERFLEET-VAL-000', status: 422 } })
      }
      t.equal(await count(path), before)
      isSame(t, await call('POST', path, sent, key), first)
    })
  }

  await t.test('is told from one with the same key at another path', async (t) => {
    const key = freshKey()
    const sent = pool()
    const answers = [
      await call('POST', 'clusters', cluster(), key),
      await call('POST', `${owner.path}/nodepools`, sent, key),
      await call('POST', `${other.path}/nodepools`, sent, key),
    ]
    for (const { status } of answers) t.equal(status, 201)
    t.equal(new Set(answers.map(({ body }) => body.id)).size, 3)
    isSame(t, await call('POST', `${other.path}/nodepools`, sent, key), answers[2] as Answer)
  })

  await t.test('frees its key when it fails', async (t) => {
    const key = freshKey()
    const sent = cluster()
    t.equal((await call('POST', 'clusters', { ...sent, spec: 1 }, key)).status, 400)
    const holder = await newCluster(call, { name: sent.name })
    t.equal((await call('POST', 'clusters', sent, key)).status, 409)
    t.equal(await kept(key), 0)
    await call('DELETE', holder.path)
    const first = await call('POST', 'clusters', sent, key)
    t.equal(first.status, 201)
    isSame(t, await call('POST', 'clusters', sent, key), first)

    const lost = freshKey()
    t.equal((await call('POST', `clusters/${nowhere}/nodepools`, pool(), lost)).status, 404)
    t.equal((await call('POST', `clusters/${nowhere}/nodepools`, pool(), lost)).status, 404, 'not 422')
    const marked = await newCluster(call)
    await call('DELETE', marked.path)
    t.match(await call('POST', `${marked.path}/nodepools`, pool(), lost), {
      status: 409,
      body: { code: 'HYPERFLEET-CNF-003' },
    })
    t.equal(await kept(lost), 0)
  })

  await t.test('takes keys of 1 to 255 characters', async (t) => {
    for (const key of ['k', 'k'.repeat(255), 'a "key", with; signs']) {
      const sent = cluster()
      const first = await call('POST', 'clusters', sent, { 'idempotency-key': key })
      isSame(t, await call('POST', 'clusters', sent, { 'idempotency-key': key }), first)
    }
    for (const key of ['', 'k'.repeat(256)]) {
      const answer = await call('POST', 'clusters', cluster(), { 'idempotency-key': key })
      t.match(answer, { status: 400, body: { code: 'HYPERFLEET-VAL-000' } })
      t.strictSame(
        fieldsOf(answer).map((field) => field.toLowerCase()),
        ['idempotency-key'],
      )
    }
  })

  await t.test('is refused while the first one still runs', async (t) => {
    const key = freshKey()
    const body = JSON.stringify(cluster())
    const { session, first } = await begin(t, key, body)
    for (const sent of [body, JSON.stringify(cluster())]) {
      const answer = await call('POST', 'clusters', sent, key)
      t.match(answer, { status: 409, body: { code: 'HYPERFLEET-CNF-003' } })
      t.match(answer.headers['retry-after'], /^[1-9]\d*$/, 'it says when to come back')
    }
    t.equal((await call('POST', 'clusters', cluster(), freshKey())).status, 201, 'another key is free')
    await session.query('commit')
    const answer = await call('POST', 'clusters', body, key)
    t.equal(answer.status, 201)
    t.equal(answer.text, first.body)
    t.equal(answer.headers.location, first.href)
    t.equal((await call('GET', first.href)).text, first.body)
  })

  await t.test('is free again when the first one dies half way', async (t) => {
    const key = freshKey()
    const body = JSON.stringify(cluster())
    const { first } = await begin(t, key, body)
    t.equal((await call('POST', 'clusters', body, key)).status, 409)
    await database.pool.query('select pg_terminate_backend($1, 5000)', [first.pid])
    t.equal((await call('GET', first.href)).status, 404)
    const answer = await call('POST', 'clusters', cluster(), key)
    t.equal(answer.status, 201, 'with any body')
    t.not(answer.headers.location, first.href)
  })

  await t.test('creates once, of however many at the same moment', async (t) => {
    const key = freshKey()
    const sent = cluster()
    const before = await count()
    const answers = await Promise.all(Array.from({ length: 12 }, () => call('POST', 'clusters', sent, key)))
    const created = answers.filter(({ status }) => status === 201)
    t.ok(created.length >= 1)
    t.equal(new Set(created.map(({ text }) => text)).size, 1)
    for (const { status, body, headers } of answers.filter((answer) => answer.status !== 201)) {
      t.match({ status, body }, { status: 409, body: { code: 'HYPERFLEET-CNF-003' } })
      t.ok(headers['retry-after'])
    }
    t.equal(await count(), before + 1)
    isSame(t, await call('POST', 'clusters', sent, key), created[0] as Answer)
  })

  await t.test('is a new one when the key has expired', async (t) => {
    const key = freshKey()
    const sent = cluster()
    const first = await call('POST', 'clusters', sent, key)
    const age = (by: string) =>
      database.pool.query(
        'update idempotency_keys set created_time = created_time - $2::interval where key = $1',
        [key['idempotency-key'], by],
      )
    await age('23h 59m')
    isSame(t, await call('POST', 'clusters', sent, key), first)
    await age('2m')
    t.match(await call('POST', 'clusters', sent, key), { status: 409, body: { code: 'HYPERFLEET-CNF-001' } })
    const renamed = { ...sent, name: freshName() }
    const second = await call('POST', 'clusters', renamed, key)
    t.equal(second.status, 201)
    t.not(second.body.id, first.body.id)
    isSame(t, await call('POST', 'clusters', renamed, key), second)
  })

  await t.test('clears away keys that have expired, some at a time', async (t) => {
    const old = async () => {
      const { rows } = await database.pool.query(
        `select count(*)::int as count from idempotency_keys where key like 'old-%'`,
      )
      return rows[0].count as number
    }
    await database.pool.query(
      `insert into idempotency_keys (caller, kind, owner_id, key, body_hash, body, href, version, created_time)
      select 'somebody', 'Cluster', '', 'old-' || n, '', '', '', 1, now() - interval '25h' + n * interval '1s'
      from generate_series(1, 150) as n`,
    )
    const fresh = freshKey()
    await call('POST', 'clusters', cluster(), fresh)
    const left = await old()
    t.ok(left < 150 && left > 0, `${left} are left`)
    await call('POST', 'clusters', cluster())
    t.equal(await old(), left, 'a create without a key does not care')
    await call('POST', 'clusters', cluster(), freshKey())
    t.equal(await old(), 0)
    t.equal(await kept(fresh), 1, 'keys that have not expired stay')
  })

  await t.test('is kept as long as the configuration says', async (t) => {
    const short = await application(t, { ...both, HYPERFLEET_IDEMPOTENCY_TTL: '50ms' }, url)
    const key = freshKey()
    const sent = cluster()
    t.equal((await short.call('POST', 'clusters', sent, key)).status, 201)
    await new Promise((resolve) => setTimeout(resolve, 60))
    t.equal((await short.call('POST', 'clusters', sent, key)).status, 409)
    t.equal((await short.call('POST', 'clusters', cluster(), key)).status, 201)
  })

  await isInOrder(t, server)
})

t.test('DELETE', async (t) => {
  const server = await application(t, both)
  const { call, database } = server

  for (const [what, make] of Object.entries(makers)) {
    await t.test(`${what}: is answered with the resource, marked`, async (t) => {
      const made = await make(call, { spec: { n: 1 }, labels: { x: '1' } })
      await confirm(call, made, 1, 1)
      await database.pool.query(`update resources set updated_by = 'somebody' where id = $1`, [made.id])
      const { body: before } = await call('GET', made.path)
      const { status, body, headers } = await call('DELETE', made.path)
      t.equal(status, 202)
      const { deleted_time, deleted_by, ...rest } = body
      t.equal(deleted_time, body.updated_time)
      t.ok(body.updated_time > before.updated_time)
      t.equal(deleted_by, caller)
      t.strictSame(rest, {
        ...before,
        generation: before.generation + 1,
        updated_time: body.updated_time,
        status: body.status,
      })
      t.equal(rest.updated_by, 'somebody', 'updated_by stays')
      for (const type of ['Ready', 'Reconciled']) {
        t.match(condition(body, type), {
          status: 'False',
          reason: 'ReconciledMissingAdapters',
          message:
            'Required adapters not reporting Finalized=True: [dns, validation]. Currently reporting: [dns, validation]',
          observed_generation: 2,
          last_updated_time: deleted_time,
          last_transition_time: deleted_time,
        })
      }
      for (const type of ['Available', 'LastKnownReconciled'])
        t.strictSame(condition(body, type), condition(before, type), `${type} is kept`)
      const read = await call('GET', made.path)
      t.strictSame(read.body, body, 'it is read as it was answered')
      t.equal(read.headers.etag, headers.etag)
    })

    await t.test(`${what}: repeated, changes nothing`, async (t) => {
      const made = await make(call)
      const first = await call('DELETE', made.path)
      const row = await rowOf(server, made)
      for (let i = 0; i < 3; i++) {
        const again = await call('DELETE', made.path)
        t.equal(again.status, 202)
        t.equal(again.text, first.text)
        t.equal(again.headers.etag, first.headers.etag)
      }
      t.equal(await rowOf(server, made), row)
    })

    await t.test(`${what}: leaves the times of conditions that were False already`, async (t) => {
      const made = await make(call)
      const { body } = await call('DELETE', made.path)
      const ready = condition(body, 'Ready')
      t.equal(ready?.last_transition_time, made.body.created_time)
      t.equal(ready?.last_updated_time, body.deleted_time)
      t.equal(ready?.created_time, made.body.created_time)
    })

    await t.test(`${what}: goes with the last adapter that reports Finalized`, async (t) => {
      const made = await make(call)
      await confirm(call, made, 1, 1)
      await call('DELETE', made.path)
      const put = (body: object) => call('PUT', `${made.path}/statuses`, body)

      t.equal((await put(finalized('validation', 1, 3))).status, 200)
      t.equal((await put(finalized('dns', 1, 3))).status, 200)
      t.equal(await statusOf(call, made), 200, 'of an older generation it does not count')
      t.match(await put(finalized('validation', 3, 4)), { status: 204 })
      t.equal((await put(report('validation', 2, 'True', 4))).status, 200)
      t.equal((await put(report('dns', 2, 'True', 4))).status, 200)
      const { body: available } = await call('GET', made.path)
      t.equal(condition(available, 'Ready')?.status, 'False', 'Available does not count')
      t.equal((await put(finalized('dns', 2, 5))).status, 200)
      const { body } = await call('GET', made.path)
      t.equal(
        condition(body, 'Ready')?.message,
        'Required adapters not reporting Finalized=True: [validation]. Currently reporting: [dns, validation]',
      )
      t.equal((await put(finalized('other', 2, 5))).status, 200)
      t.equal(await statusOf(call, made), 200, 'nor does an adapter that is not required')
      const no = [{ type: 'Health', status: 'True' }, ...['Available', 'Applied', 'Finalized'].map(asFalse)]
      t.equal((await put({ ...finalized('validation', 2, 6), conditions: no })).status, 200)
      t.equal(await statusOf(call, made), 200, 'nor Finalized=False')

      const last = await put(finalized('validation', 2, 7, { data: { n: 1 } }))
      t.equal(last.status, 200)
      t.match(last.body, { adapter: 'validation', observed_generation: 2, data: { n: 1 } })
      for (const [method, path, body] of [
        ['GET', made.path],
        ['PATCH', made.path, { spec: { n: 1 } }],
        ['DELETE', made.path],
        ['GET', `${made.path}/statuses`],
        ['PUT', `${made.path}/statuses`, finalized('validation', 2, 7)],
      ] as const) {
        const answer = await call(method, path, body)
        t.match(answer, { status: 404, body: { code: 'HYPERFLEET-NTF-001' } }, `${method} ${path}`)
      }
      const { rows } = await database.pool.query('select from adapter_statuses where resource_id = $1', [
        made.id,
      ])
      t.equal(rows.length, 0, 'its reports are gone')
    })
  }

  await t.test('frees the name at once', async (t) => {
    const owner = await newCluster(call)
    const child = await newPool(call, owner)
    await call('DELETE', child.path)
    const { name } = child.body
    const second = await newPool(call, owner, { name })
    t.equal((await call('POST', `${owner.path}/nodepools`, pool({ name }))).status, 409)
    await call('DELETE', second.path)
    await newPool(call, owner, { name })
    t.equal((await call('GET', `${owner.path}/nodepools`)).body.total, 3, 'however often it is marked')

    const first = await newCluster(call)
    await call('DELETE', first.path)
    const again = await newCluster(call, { name: first.body.name })
    t.equal((await call('POST', 'clusters', cluster({ name: first.body.name }))).status, 409)
    const { body } = await call('GET', `clusters?search=${encodeURIComponent(`name='${first.body.name}'`)}`)
    t.strictSame(
      body.items.map(({ id }: Made) => id),
      [again.id, first.id],
    )
  })

  await t.test('marks the node pools with their cluster', async (t) => {
    const owner = await newCluster(call)
    const children = [await newPool(call, owner), await newPool(call, owner), await newPool(call, owner)]
    const [early] = children as [Made]
    const { body: marked } = await call('DELETE', early.path)
    const { body } = await call('DELETE', owner.path)
    for (const child of children) {
      const { body: now } = await call('GET', child.path)
      t.equal(now.generation, 2)
      t.equal(now.deleted_by, caller)
      t.equal(now.deleted_time, now.updated_time)
      if (child === early) t.strictSame(now, marked, 'one that was marked before stays as it was')
      else t.ok(now.deleted_time >= body.deleted_time)
      t.equal((await call('PATCH', child.path, { labels: {} })).status, 409)
    }
    t.match(await call('POST', `${owner.path}/nodepools`, pool()), {
      status: 409,
      body: { code: 'HYPERFLEET-CNF-003' },
    })
    const { body: list } = await call('GET', `${owner.path}/nodepools`)
    t.equal(list.total, 3, 'they are listed')
    t.ok(list.items.every(({ deleted_time }: { deleted_time?: string }) => deleted_time))
    const { body: all } = await call(
      'GET',
      `clusters?search=${encodeURIComponent(`name='${owner.body.name}'`)}`,
    )
    t.equal(all.items[0].deleted_time, body.deleted_time)
  })

  await t.test('keeps a complete cluster until its last node pool goes, and then takes both', async (t) => {
    const owner = await newCluster(call)
    const children = [await newPool(call, owner), await newPool(call, owner)] as [Made, Made]
    const bystander = await newPool(call, await newCluster(call))
    await call('DELETE', owner.path)
    await reports(call, owner, finalized('validation', 2, 1), finalized('dns', 2, 2))
    const { body } = await call('GET', owner.path)
    for (const type of ['Ready', 'Reconciled'])
      t.match(condition(body, type), { status: 'False', reason: 'ReconciledWaitingForChildren' })
    await reports(call, children[0], finalized('validation', 2, 1), finalized('dns', 2, 2))
    t.equal(await statusOf(call, children[0]), 404)
    t.equal(await statusOf(call, owner), 200)
    await reports(call, children[1], finalized('dns', 2, 1))
    t.equal(await statusOf(call, owner), 200)
    const last = await call(
      'PUT',
      `${owner.path}/${children[1].path}/statuses`,
      finalized('validation', 2, 2),
    )
    t.match(last, { status: 200, body: { adapter: 'validation' } })
    t.equal(await statusOf(call, children[1]), 404)
    t.equal(await statusOf(call, owner), 404)
    t.equal(await statusOf(call, bystander), 200, 'others stay')
  })

  await t.test('lets the node pools go first, and the cluster with its own last report', async (t) => {
    const owner = await newCluster(call)
    const child = await newPool(call, owner)
    await call('DELETE', owner.path)
    await reports(call, child, finalized('validation', 2, 1), finalized('dns', 2, 2))
    t.equal(await statusOf(call, child), 404)
    t.equal(await statusOf(call, owner), 200)
    await reports(call, owner, finalized('dns', 2, 1))
    t.equal(await statusOf(call, owner), 200)
    await reports(call, owner, finalized('validation', 2, 1))
    t.equal(await statusOf(call, owner), 404)
  })

  await t.test('of a node pool leaves its cluster alone', async (t) => {
    const owner = await newCluster(call)
    const child = await newPool(call, owner)
    const before = await call('GET', owner.path)
    await call('DELETE', child.path)
    await reports(call, child, finalized('validation', 2, 1), finalized('dns', 2, 2))
    t.equal(await statusOf(call, child), 404)
    const after = await call('GET', owner.path)
    t.equal(after.text, before.text)
    t.equal(after.headers.etag, before.headers.etag)
  })

  await isInOrder(t, server)
})

const asFalse = (type: string) => ({ type, status: 'False' })

t.test('deletion where no adapter is required', async (t) => {
  await t.test('of any kind is done at once', async (t) => {
    const server = await application(t)
    const { call } = server
    const alone = await newCluster(call)
    const answer = await call('DELETE', alone.path)
    t.equal(answer.status, 202)
    t.match(answer.body, { id: alone.id, generation: 2, deleted_by: caller })
    t.equal(answer.body.deleted_time, answer.body.updated_time)
    for (const type of aggregated)
      t.match(condition(answer.body, type), { status: 'False', reason: 'NoRequiredAdapters' })
    t.equal(await statusOf(call, alone), 404)
    t.equal((await call('DELETE', alone.path)).status, 404)

    const owner = await newCluster(call)
    const children = [await newPool(call, owner), await newPool(call, owner), await newPool(call, owner)]
    const [first] = children as [Made]
    t.equal((await call('DELETE', `${owner.path}/${first.path}`)).status, 202)
    t.equal(await statusOf(call, first), 404)
    t.equal(await statusOf(call, owner), 200)
    t.equal((await call('DELETE', owner.path)).status, 202)
    for (const each of [owner, ...children]) t.equal(await statusOf(call, each), 404)
    t.equal((await call('GET', 'clusters')).body.total, 0)
    t.equal((await call('GET', 'nodepools')).body.total, 0)
    await isInOrder(t, server)
  })

  await t.test('of clusters: one waits for its node pools and goes with the last', async (t) => {
    const server = await application(t, { HYPERFLEET_NODEPOOL_ADAPTERS: '["validation"]' })
    const { call } = server
    const owner = await newCluster(call)
    const children = [await newPool(call, owner), await newPool(call, owner)] as [Made, Made]
    t.equal((await call('DELETE', owner.path)).status, 202)
    t.equal(await statusOf(call, owner), 200)
    await reports(call, owner, report('other', 2, 'True', 1))
    t.equal(await statusOf(call, owner), 200)
    await reports(call, children[1], finalized('validation', 2, 1))
    t.equal(await statusOf(call, owner), 200)
    await reports(call, children[0], finalized('validation', 2, 1))
    for (const each of [owner, ...children]) t.equal(await statusOf(call, each), 404)
    const alone = await newCluster(call)
    t.equal((await call('DELETE', alone.path)).status, 202)
    t.equal(await statusOf(call, alone), 404)
    await isInOrder(t, server)
  })

  await t.test('of node pools: they go at once, their cluster later', async (t) => {
    const server = await application(t, { HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]' })
    const { call } = server
    const owner = await newCluster(call)
    const child = await newPool(call, owner)
    t.equal((await call('DELETE', owner.path)).status, 202)
    t.equal(await statusOf(call, child), 404)
    t.equal(await statusOf(call, owner), 200)
    await reports(call, owner, finalized('validation', 2, 1))
    t.equal(await statusOf(call, owner), 404)
    await isInOrder(t, server)
  })
})

t.test('a smaller set of required adapters', async (t) => {
  const fewer = {
    HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]',
    HYPERFLEET_NODEPOOL_ADAPTERS: '["validation"]',
  }

  await t.test('is applied by migrate to all that is there', async (t) => {
    const server = await application(t, both)
    const { call, url } = server
    const half = await newCluster(call)
    await reports(call, half, report('validation', 1, 'True', 1))
    const wrong = await newCluster(call)
    await reports(call, wrong, report('validation', 1, 'False', 1), report('dns', 1, 'True', 2))
    const silent = await newCluster(call)
    const marked = await newCluster(call)
    const family = await newCluster(call)
    const child = await newPool(call, family)
    const waiting = await newCluster(call)
    await newPool(call, waiting)
    for (const each of [marked, family, waiting]) {
      await call('DELETE', each.path)
      await reports(call, each, finalized('validation', 2, 1))
    }
    await reports(call, child, finalized('validation', 2, 1))
    const before = new Map<string, string>()
    for (const each of [half, wrong, silent])
      before.set(each.id, (await call('GET', each.path)).body.updated_time)
    const tag = (await call('GET', half.path)).headers.etag

    await migrate(testConfig(url, fewer), kinds)
    for (const gone of [marked, family, child]) t.equal(await statusOf(call, gone), 404)
    const { body } = await call('GET', half.path)
    t.match(condition(body, 'Ready'), { status: 'True', reason: 'ResourceReady' })
    t.match(condition(body, 'Available'), { status: 'True', observed_generation: 1 })
    t.not((await call('GET', half.path)).headers.etag, tag)
    const { body: still } = await call('GET', wrong.path)
    t.equal(condition(still, 'Ready')?.status, 'False')
    t.equal(condition(still, 'DnsSuccessful'), undefined)
    t.match(condition((await call('GET', silent.path)).body, 'Ready'), { reason: 'AwaitingAdapters' })
    t.match(condition((await call('GET', waiting.path)).body, 'Ready'), {
      reason: 'ReconciledWaitingForChildren',
    })
    for (const each of [half, wrong, silent])
      t.equal((await call('GET', each.path)).body.updated_time, before.get(each.id), 'it is no change')
    await isInOrder(t, server)

    await migrate(testConfig(url), kinds)
    t.equal(await statusOf(call, waiting), 404, 'with none required, what is marked goes')
    t.match(condition((await call('GET', half.path)).body, 'Ready'), {
      status: 'False',
      reason: 'NoRequiredAdapters',
    })
    await isInOrder(t, server)

    await migrate(testConfig(url, both), kinds)
    t.match(condition((await call('GET', half.path)).body, 'Ready'), {
      status: 'False',
      reason: 'ReconciledMissingAdapters',
    })
    t.match(condition((await call('GET', wrong.path)).body, 'DnsSuccessful'), { status: 'True' })
    await isInOrder(t, server)
  })

  await t.test('is asked for by every report on a marked resource', async (t) => {
    const server = await application(t, both)
    const { call, database } = server
    for (const [title, make, sent] of [
      ['an equal report', newCluster, finalized('validation', 2, 1)],
      [
        'an equal report on a node pool',
        makers['a node pool by its own path'],
        finalized('validation', 2, 1),
      ],
      ['a report of an adapter that is not required', newCluster, report('other', 2, 'False', 1)],
      ['a report that knows nothing', newCluster, report('another', 2, 'Unknown', 1)],
    ] as const) {
      await database.pool.query(`update kinds set required_adapters = '{validation,dns}'`)
      const made = await (make as typeof newCluster)(call)
      await call('DELETE', made.path)
      await reports(call, made, finalized('validation', 2, 1))
      // As migrate leaves it before it has come to this resource.
      await database.pool.query(`update kinds set required_adapters = '{validation}'`)
      t.equal(await statusOf(call, made), 200, title)
      const discarded = await call('PUT', `${made.path}/statuses`, finalized('validation', 3, 1))
      t.equal(discarded.status, 204)
      t.equal(await statusOf(call, made), 200, 'one that is discarded is not asked')
      const answer = await call('PUT', `${made.path}/statuses`, sent)
      t.equal(answer.status, 200, title)
      t.equal(await statusOf(call, made), 404, title)
    }
    const family = await newCluster(call)
    const child = await newPool(call, family)
    await call('DELETE', family.path)
    await reports(call, family, finalized('validation', 2, 1))
    await database.pool.query(`update kinds set required_adapters = '{}' where kind = 'NodePool'`)
    await reports(call, child, report('other', 2, 'True', 1))
    t.equal(await statusOf(call, child), 404)
    t.equal(await statusOf(call, family), 404, 'a complete parent goes with it')
    // The only cluster left is that of the node pool above; it has no reports.
    await migrate(testConfig(server.url, both), kinds)
    await isInOrder(t, server)
  })
})

t.test('force-delete', async (t) => {
  const server = await application(t, both)
  const { call } = server
  const reason = { reason: 'the provider account is gone' }
  const forcePath = (made: Made, owner?: Made) => `${owner ? `${owner.path}/` : ''}${made.path}/force-delete`

  await t.test('removes a marked cluster and all that is under it', async (t) => {
    const owner = await newCluster(call)
    const children = [await newPool(call, owner), await newPool(call, owner)]
    const bystander = await newPool(call, await newCluster(call))
    await confirm(call, owner, 1, 1)
    await call('DELETE', owner.path)
    const answer = await call('POST', forcePath(owner), reason)
    t.equal(answer.status, 204)
    t.equal(answer.text, '')
    for (const each of [owner, ...children]) t.equal(await statusOf(call, each), 404)
    t.equal(await statusOf(call, bystander), 200, 'others stay')
    t.match(await call('POST', forcePath(owner), reason), { status: 404, body: { code: /NTF-001/ } })
  })

  await t.test('removes a marked node pool, and a parent only when nothing else holds it', async (t) => {
    const plain = await newCluster(call)
    const only = await newPool(call, plain)
    await call('DELETE', only.path)
    t.equal((await call('POST', forcePath(only, plain), reason)).status, 204)
    t.equal(await statusOf(call, only), 404)
    const another = await newPool(call, plain)
    await call('DELETE', another.path)
    t.equal((await call('POST', forcePath(another), reason)).status, 204, 'by its own path')
    t.equal(await statusOf(call, another), 404)
    t.equal(await statusOf(call, plain), 200, 'not one that is not marked')

    const owner = await newCluster(call)
    const children = [await newPool(call, owner), await newPool(call, owner)] as [Made, Made]
    await call('DELETE', owner.path)
    await reports(call, owner, finalized('validation', 2, 1), finalized('dns', 2, 2))
    t.equal((await call('POST', forcePath(children[0], owner), reason)).status, 204)
    t.equal(await statusOf(call, owner), 200, 'not one with other node pools')
    t.equal((await call('POST', forcePath(children[1], owner), reason)).status, 204)
    t.equal(await statusOf(call, owner), 404, 'but one that waited for this alone')

    const busy = await newCluster(call)
    const last = await newPool(call, busy)
    await call('DELETE', busy.path)
    t.equal((await call('POST', forcePath(last, busy), reason)).status, 204)
    t.equal(await statusOf(call, busy), 200, 'not one whose adapters are not done')
  })

  await t.test('is refused for what is not marked', async (t) => {
    const owner = await newCluster(call)
    const child = await newPool(call, owner)
    for (const path of [forcePath(owner), forcePath(child, owner)]) {
      t.match(await call('POST', path, reason), { status: 409, body: { code: 'HYPERFLEET-CNF-003' } })
      const stale = await call('POST', path, reason, { 'if-match': '"99"' })
      t.match(stale, { status: 412, body: { code: 'HYPERFLEET-CNF-002' } })
    }
    t.equal(await statusOf(call, owner), 200)
    t.equal(await statusOf(call, child), 200)
    const other = await newCluster(call)
    await call('DELETE', child.path)
    t.equal((await call('POST', forcePath(child, other), reason)).status, 404, 'nor under another cluster')
  })

  await t.test('needs a reason of 1 to 1024 characters', async (t) => {
    const made = await newCluster(call)
    await call('DELETE', made.path)
    for (const body of [{}, { reason: '' }, { reason: 'r'.repeat(1025) }, { reason: null }, { reason: 7 }]) {
      const answer = await call('POST', forcePath(made), body)
      t.match(answer, { status: 400, body: { code: 'HYPERFLEET-VAL-000' } })
      t.strictSame(fieldsOf(answer), ['reason'])
    }
    const unknown = await call('POST', forcePath(made), { ...reason, force: true })
    t.strictSame(fieldsOf(unknown), ['force'])
    t.match(await call('POST', forcePath(made)), { status: 400, body: { code: 'HYPERFLEET-VAL-006' } })
    t.equal(await statusOf(call, made), 200)
    t.equal((await call('POST', forcePath(made), { reason: 'r'.repeat(1024) })).status, 204)
  })

  await t.test('heeds If-Match', async (t) => {
    for (const form of [(tag: string) => tag, (tag: string) => `"a", W/${tag}`, () => '*']) {
      const made = await newCluster(call)
      const before = String(made.body && (await call('GET', made.path)).headers.etag)
      const tag = String((await call('DELETE', made.path)).headers.etag)
      for (const wrong of [before, 'garbage'])
        t.equal((await call('POST', forcePath(made), reason, { 'if-match': wrong })).status, 412)
      t.equal((await call('POST', forcePath(made), reason, { 'if-match': form(tag) })).status, 204)
      t.equal(await statusOf(call, made), 404)
    }
  })

  await t.test('leaves a line in the log', async (t) => {
    const lines: string[] = []
    const document = loadDocument()
    const logger = pino({ level: 'warn' }, { write: (line) => lines.push(line) }) as never
    const config = testConfig(server.url)
    const database = new Database(config.database)
    const metrics = createMetrics(database)
    const app = await buildApp({ handlers, config, database, document, logger, metrics })
    t.teardown(() => app.close())
    const force = (path: string, payload: object) =>
      app.inject({ method: 'POST', url: `${base}/${path}`, payload })

    const owner = await newCluster(call)
    const children = [await newPool(call, owner), await newPool(call, owner)]
    await force(forcePath(owner), reason)
    t.equal(lines.length, 0, 'not when it is refused')
    await call('DELETE', owner.path)
    await force(forcePath(owner), reason)
    t.equal(lines.length, 1)
    const line = JSON.parse(lines[0] ?? '')
    t.match(line, {
      audit: 'force-delete',
      resource_type: 'cluster',
      resource_id: owner.id,
      caller,
      ...reason,
    })
    t.strictSame(
      line.removed,
      children.map(({ id }) => ({ kind: 'NodePool', id })).sort((a, b) => (a.id < b.id ? -1 : 1)),
    )

    const waiting = await newCluster(call)
    const child = await newPool(call, waiting)
    await call('DELETE', waiting.path)
    await force(forcePath(child, waiting), reason)
    t.match(JSON.parse(lines[1] ?? ''), { resource_type: 'nodepool', resource_id: child.id, removed: [] })
  })

  await isInOrder(t, server)
})

/**
 * Requests made from the document, to every operation: no failure of the server, no refusal of what the document
 * allows, no answer but a refusal to what it forbids. RUNS= says how many requests each operation gets.
 */
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { type Answer, type Application, base, report } from '../application.ts'
import { type Request, requests } from '../from-document.ts'
import { printable, seed, tried } from '../random.ts'
import { served } from '../service.ts'

const RUNS = Number(process.env.RUNS ?? 80)

/** Ids that nothing has. */
const odd = [
  'abc',
  '%00',
  '%F0%9F%98%80',
  '..%2F..',
  'null',
  '019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11',
  'Cluster',
]
/** What searches, orders and cursors are made of. */
const words =
  "name = 'a' labels.a and or not ( ) in ('a','b') desc asc , created_time spec.a status.conditions.Ready 'True' now() - 10s 1 \\ % ' like is null".split(
    ' ',
  )
/** Some that can be understood, of resources or of reports. */
const sentences: Record<string, string[]> = {
  search: ['', "name = 'a'", "labels.a='b' or not generation > 1", "adapter = 'a'"],
  order: ['', 'name', 'name desc', 'created_time desc', 'adapter', 'asc'],
  orderBy: ['', 'name', 'created_time', 'adapter'],
  cursor: [''],
}
const noise = fc.oneof(
  fc.array(fc.constantFrom(...words, '\0'), { maxLength: 12 }).map((some) => some.join(' ')),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
)
const languages = (name: string) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...(sentences[name] ?? [''])) },
    { weight: 1, arbitrary: noise },
  )

/** What is wrong with an answer; undefined when nothing is. */
function fault({ broken, isOpen, method, path, body }: Request, { status, body: answer }: Answer) {
  if (status >= 500) return 'the server failed'
  // A report is looked up before its body.
  if (status === 404 && /^P.*\/(statuses|explain)(\?|$)/.test(method + path)) return undefined
  // Which kinds there are, no schema says; nor what their specs and names are like.
  const isOfAnyKind = path.startsWith(`${base}/resources`)
  const parameters = [...new URL(path, 'http://server').searchParams.keys()]
  const isOfParameter = answer?.errors?.every(({ field }: { field: string }) => parameters.includes(field))
  if (isOfAnyKind && (!broken.length || isOfParameter) && (status === 400 || status === 422)) return undefined
  // What its operations are answered, an atomic batch is; one that is not says so in its results. A key that was used goes before both.
  const isBatch = path.startsWith(`${base}/batch`)
  if (isBatch && (answer?.index !== undefined || status === 422)) return undefined
  if (isBatch && status === 200) {
    const isDone = answer.results.every((result: { status: number }) => result.status < 300)
    return broken.length && isDone ? `${broken} should have been refused` : undefined
  }
  if (broken.length) {
    if (status !== 400) return `${broken} should have been refused`
    // Parameters are looked at before the body; of a list, the item is named.
    const told: string[] = answer.errors?.map(({ field }: { field: string }) => plain(field)) ?? []
    return broken.some((field) => told.includes(plain(field)))
      ? undefined
      : `${broken} should have been named`
  }
  // Which references a kind has, and that their targets are there, no schema says.
  const isOfReferences = answer?.errors?.every(({ field }: { field: string }) => /^references\b/.test(field))
  if (status === 400 && isOfReferences) return undefined
  // What search, order and cursor must be like, no schema says; nor that a page excludes a cursor.
  const isOfLanguage = answer?.errors?.every(({ field }: { field: string }) => LANGUAGE.includes(field))
  if (status === 400 && /\/search(\?|$)/.test(path) && isOfLanguage) return undefined
  // That a patch must change something, no schema says.
  const isEmptyPatch = method === 'PATCH' && answer?.code === 'HYPERFLEET-VAL-005'
  if (status === 400 && !isOpen && !isEmptyPatch) return 'nothing is wrong with the request'
  const isWhole = status === 201 || (status === 200 && method === 'PUT')
  const sent = body as Record<string, unknown> | undefined
  const lost = ['spec', 'labels', 'data', 'metadata'].filter(
    // Null counts as absent.
    (name) => isWhole && (sent?.[name] ?? null) !== null && !isDeepStrictEqual(sent?.[name], answer[name]),
  )
  return lost.length ? `${lost} came back as something else` : undefined
}

/** The members of a search by a body that a schema does not describe. */
const LANGUAGE = ['search', 'order', 'cursor', 'page']

const plain = (field: string) => field.toLowerCase().replace(/^(fields)\[\d\]$/, '$1')

/** A cluster and its node pool as they were made, and two that are marked; so requests find what they ask for. */
async function prepare(call: Application['call'], mark: string): Promise<string[]> {
  const create = async (path: string, kind: string, name: string) => {
    const { body } = await call('POST', path, { kind, name, spec: { a: 1 } })
    return body.id as string
  }
  const ids: string[] = []
  for (const state of ['live', 'marked']) {
    const cluster = await create('clusters', 'Cluster', `${state}-${mark}`)
    ids.push(cluster, await create(`clusters/${cluster}/nodepools`, 'NodePool', 'pool'))
    await call('PUT', `clusters/${cluster}/statuses`, report('a', 1, 'True', 1))
    if (state === 'marked') await call('DELETE', `clusters/${cluster}`)
  }
  return ids
}

t.test('requests made from the document', async (t) => {
  t.comment(`SEED=${seed}`)
  const required = { HYPERFLEET_CLUSTER_ADAPTERS: '["a"]', HYPERFLEET_NODEPOOL_ADAPTERS: '["a"]' }
  const { call, memory } = await served(t, required)
  let existing: string[] = []
  const ids = fc.oneof(
    { weight: 4, arbitrary: fc.nat(3).map((index) => `{${index}}`) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
  )
  const fill = (path: string) => path.replace(/\{(\d)\}/g, (_, index) => existing[index] ?? '')

  for (const [operationId, made] of requests(ids, languages)) {
    existing = await prepare(call, operationId.toLowerCase())
    const statuses: Record<number, number> = {}
    const property = fc.asyncProperty(made, async (request) => {
      const { method, path, body, headers } = request
      const sent = body === undefined ? undefined : JSON.stringify(body)
      const answer = await call(method, fill(path), sent, headers)
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1
      const wrong = fault(request, answer)
      if (wrong) throw new Error(`${wrong}: ${answer.status} ${answer.text}`)
    })
    const { failed, counterexample, errorInstance } = await fc.check(property, { seed, numRuns: RUNS })
    tried(t, 'requests made from the document', { count: RUNS, answers: statuses })
    if (failed) t.comment(printable(`${JSON.stringify(counterexample)} ${errorInstance}`).slice(0, 8000))
    t.notOk(failed, `${operationId}: ${JSON.stringify(statuses)}`)
  }
  t.comment(`memory ${JSON.stringify(memory)}`)
})

import t from 'tap'
import { type Answer, application, report } from '../application.ts'
import { generator, seed } from '../random.ts'
import { faultsOf, keepJournal, readJournal } from './journal.ts'

const required = { Cluster: ['validation', 'dns'], NodePool: ['validation'] }
const CALLERS = 12
const CALLS = 60

t.test('many callers change, report on, and delete the same few resources', async (t) => {
  t.comment(`SEED=${seed}`)
  const { call, url, database } = await application(t, {
    HYPERFLEET_CLUSTER_ADAPTERS: JSON.stringify(required.Cluster),
    HYPERFLEET_NODEPOOL_ADAPTERS: JSON.stringify(required.NodePool),
  })
  await keepJournal(url)

  const accepted: { kind: 'patch' | 'report' | 'create'; mark: string }[] = []
  const seen = new Map<number, number>()
  const places: string[] = []
  const create = async (name: string) => {
    const { body } = await call('POST', 'clusters', { kind: 'Cluster', name, spec: {} })
    places.push(body.href)
  }
  for (let index = 0; index < 4; index++) await create(`cluster-${index}`)

  const caller = async (id: number) => {
    const random = generator(seed + id)
    const note = (answer: Answer, kind: 'patch' | 'report' | 'create', mark: string) => {
      seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1)
      if (answer.status === 200 || answer.status === 201) accepted.push({ kind, mark })
      return answer
    }
    for (let step = 0; step < CALLS; step++) {
      const mark = `${id}-${step}`
      const place = places[random(places.length)] as string
      const roll = random(100)
      if (roll < 40) {
        const { status, body } = await call('GET', place)
        const generation = status === 200 ? body.generation : 1
        const isFinal = status === 200 && body.deleted_time !== undefined && random(3) > 0
        const adapter = ['validation', 'dns', 'bystander'][random(3)] as string
        const sent = report(
          adapter,
          Math.max(1, generation - random(2)),
          random(4) ? 'True' : 'False',
          random(60),
          {
            data: { mark },
          },
        )
        if (isFinal) sent.conditions.push({ type: 'Finalized', status: 'True' })
        note(await call('PUT', `${place}/statuses`, sent), 'report', mark)
      } else if (roll < 65) {
        note(await call('PATCH', place, { spec: { mark } }), 'patch', mark)
      } else if (roll < 75) {
        note(await call('PATCH', place, { labels: { mark } }), 'patch', mark)
      } else if (roll < 90) {
        const cluster = places.filter((each) => each.includes('/clusters/'))[random(4)] as string
        const body = { kind: 'NodePool', name: `n-${mark}`, spec: {} }
        const answer = note(await call('POST', `${cluster}/nodepools`, body), 'create', `n-${mark}`)
        if (answer.status === 201) places.push(answer.body.href)
      } else if (roll < 97) {
        seen.set(202, (seen.get(202) ?? 0) + Number((await call('DELETE', place)).status === 202))
      } else {
        await create(`c-${mark}`)
      }
    }
  }
  await Promise.all(Array.from({ length: CALLERS }, (_, id) => caller(id)))

  const journal = await readJournal(url)
  t.comment(`${journal.length} writes; answers ${JSON.stringify(Object.fromEntries(seen))}`)
  t.ok(
    [...seen.keys()].every((status) => status < 500),
    'no caller was shown a failure',
  )
  t.ok(
    journal.some(({ operation }) => operation === 'DELETE'),
    'some resources were finalized',
  )
  t.same(faultsOf(journal, required), [], 'every write is what the rules make of the writes before it')

  const marks = new Set(
    journal.flatMap(({ row }) =>
      [row.spec?.mark, row.labels?.mark, row.data?.mark, row.name].filter(Boolean),
    ),
  )
  t.same(
    accepted.filter(({ mark }) => !marks.has(mark)),
    [],
    'every accepted write was written',
  )
  t.same(await database.all('list_inconsistencies', {}), [], 'everything is consistent')
})

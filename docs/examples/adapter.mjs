// An adapter in one file. ADAPTER is its name, API where the server is, TOKEN what it asks for, PERIOD its pause in seconds.
import { setTimeout as sleep } from 'node:timers/promises'

const { ADAPTER = 'validator', API = 'http://localhost:8000', TOKEN, PERIOD = '5' } = process.env
const headers = { 'Content-Type': 'application/json', ...(TOKEN && { Authorization: `Bearer ${TOKEN}` }) }
const reported = new Map() // of each resource, the generation that its last report was about

async function ask(method, path, body) {
  const signal = AbortSignal.timeout(30_000)
  const answer = await fetch(new URL(path, API), { method, headers, body, signal })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

// What goes wrong for a while is tried again, with the same body; every other answer is final.
async function call(method, path, body) {
  for (let pause = 0.5; ; pause = Math.min(2 * pause, 30)) {
    const answer = await ask(method, path, body).catch((error) => ({ status: 503, text: error.message }))
    if (answer.status < 500 && answer.status !== 408 && answer.status !== 429) return answer
    console.error(`${method} ${path}: ${answer.status} ${answer.text}`)
    await sleep(1000 * (Number(answer.headers?.get('retry-after')) || pause * (1 + Math.random())))
  }
}

async function* unreconciled(plural) {
  const search = "status.conditions.Reconciled = 'False'"
  for (let cursor = ''; cursor !== undefined; ) {
    const query = new URLSearchParams({ search, cursor, size: '500' })
    const answer = await call('GET', `/api/hyperfleet/v1/${plural}?${query}`)
    if (answer.status !== 200) throw new Error(`${plural}: ${answer.status} ${answer.text}`)
    const page = JSON.parse(answer.text)
    yield* page.items
    cursor = page.next_cursor
  }
}

// The work. It may come twice, and must not mind what is there already.
async function work({ name, spec, deleted_time }) {
  console.log(deleted_time ? `remove ${name}` : `make ${name} ${JSON.stringify(spec)}`)
  if (deleted_time) return { Available: 'False', Applied: 'False', Health: 'True', Finalized: 'True' }
  return { Available: 'True', Applied: 'True', Health: 'True' }
}

async function reconcile(resource) {
  const { id, href, generation } = resource
  if (reported.get(id) === generation) return // others are not done yet
  const conditions = Object.entries(await work(resource)).map(([type, status]) => ({ type, status }))
  const observed_time = new Date().toISOString()
  const report = { adapter: ADAPTER, observed_generation: generation, observed_time, conditions }
  const answer = await call('PUT', `${href}/statuses`, JSON.stringify(report))
  console.log(`report ${generation}: ${answer.status} ${answer.headers.get('hyperfleet-discarded') ?? ''}`)
  if (answer.status < 300) reported.set(id, generation)
  else console.error(answer.text) // refused, or gone: the next round shows which
}

for (;;) {
  for (const plural of ['clusters', 'nodepools'])
    for await (const resource of unreconciled(plural)) await reconcile(resource)
  await sleep(1000 * PERIOD)
}

// An adapter in one file. ADAPTER is its name, API the URL of the server, TOKEN its token, PERIOD its pause in seconds.
import { setTimeout as sleep } from 'node:timers/promises'

const { ADAPTER = 'validator', API = 'http://localhost:8000', TOKEN, PERIOD = '5' } = process.env
const headers = { 'Content-Type': 'application/json', ...(TOKEN && { Authorization: `Bearer ${TOKEN}` }) }
const reported = new Map() // by resource: the generation of the last report, and its time
const AGAIN = 5 * 60_000 // milliseconds after which a report is made anew: the API may have been restored

async function ask(method, path, body) {
  const signal = AbortSignal.timeout(30_000)
  const answer = await fetch(new URL(path, API), { method, headers, body, signal })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

// Transient failures are retried, with the same body, for a minute; every other answer is final.
async function call(method, path, body) {
  for (let pause = 0.5; ; pause *= 2) {
    const answer = await ask(method, path, body).catch((error) => ({ status: 503, text: error.message }))
    if (answer.status < 500 && answer.status !== 408 && answer.status !== 429) return answer
    console.error(`${method} ${path}: ${answer.status} ${answer.text}`)
    if (pause > 30) return answer
    const asked = Number(answer.headers?.get('retry-after')) || 0
    await sleep(1000 * Math.min(Math.max(asked, pause * (1 + Math.random())), 60))
  }
}

async function unreconciled(plural, cursor = '') {
  const query = new URLSearchParams({ search: "status.conditions.Reconciled = 'False'", cursor, size: '500' })
  const { status, text } = await call('GET', `/api/hyperfleet/v1/${plural}?${query}`)
  if (status !== 200) return console.error(text) ?? [] // the next round begins anew
  const { items, next_cursor } = JSON.parse(text)
  return next_cursor ? [...items, ...(await unreconciled(plural, next_cursor))] : items
}

// The work. It may run twice, and must be idempotent.
async function work({ name, spec, deleted_time }) {
  console.log(deleted_time ? `remove ${name}` : `make ${name} ${JSON.stringify(spec)}`)
  if (deleted_time) return { Available: 'False', Applied: 'False', Health: 'True', Finalized: 'True' }
  return { Available: 'True', Applied: 'True', Health: 'True' }
}

async function reconcile(resource) {
  const { id, href, generation } = resource
  const last = reported.get(id)
  if (last?.generation === generation && Date.now() - last.at < AGAIN) return // others are not done yet
  const conditions = Object.entries(await work(resource)).map(([type, status]) => ({ type, status }))
  const observed_time = new Date().toISOString()
  const report = { adapter: ADAPTER, observed_generation: generation, observed_time, conditions }
  const answer = await call('PUT', `${href}/statuses`, JSON.stringify(report))
  console.log(`report ${generation}: ${answer.status} ${answer.headers.get('hyperfleet-discarded') ?? ''}`)
  if (answer.status < 204) reported.set(id, { generation, at: Date.now() })
  else if (answer.text) console.error(answer.text) // discarded, refused or gone: the next round shows which
}

for (;;) {
  for (const plural of ['clusters', 'nodepools'])
    for (const resource of await unreconciled(plural)) await reconcile(resource)
  await sleep(1000 * (Number(PERIOD) || 5))
}

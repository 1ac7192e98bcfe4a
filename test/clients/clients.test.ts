/** Clients that generators make of the document, run against a server by what `npm run clients` runs them with. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { type Client, clients } from '../../clients/clients.ts'
import { install, make, word } from '../../clients/make.ts'
import { openScene, type Scene } from '../../clients/scene.ts'
import { manyKinds } from '../composed.ts'
import { find } from '../helm/helm.ts'
import { root } from '../processes.ts'

const named = (...names: string[]) => clients.filter(({ name }) => names.includes(name))

/** Two of each language that has several; the others take minutes to compile. */
const tried = named(
  'typescript-openapi-fetch',
  'typescript-hey-api',
  'go-oapi-codegen',
  'go-ogen',
  'python-openapi-python-client',
  'python-openapi-generator',
)

const missing = [...new Set(tried.flatMap(({ needs }) => needs))].filter((program) => !find(program))
const skip = missing.length > 0 && `there is no ${missing.join(', ')} on the PATH: no client is made`

async function isWorking(t: Test, client: Client, scene: Scene, other = {}) {
  const { name, exactNumbers, exactTimes } = client
  const result = await make(client, scene, other)
  t.match(result, { works: true, exactNumbers, exactTimes }, `${name}: ${result.failure}`)
}

t.test('clients of the document work', { skip }, async (t) => {
  await install(tried)
  const scene = await openScene(t)
  for (const client of tried) await t.test(client.name, (t) => isWorking(t, client, scene))
})

t.test('clients of the published document work where a PUT is answered with 201', { skip }, async (t) => {
  const scene = await openScene(t, { HYPERFLEET_REPORTS_PUT_STATUS: '201' })
  const document = published(scene.document)
  const env = { GOFLAGS: '-tags=published', PUBLISHED: 'true' }
  for (const client of named('go-oapi-codegen', 'python-openapi-python-client'))
    await t.test(client.name, (t) => isWorking(t, client, scene, { document, env }))
})

t.test('clients are typed for every kind of the configuration', { skip }, async (t) => {
  const { entities } = parse(readFileSync(manyKinds, 'utf8'))
  const env = { HYPERFLEET_ENTITIES: JSON.stringify(entities.slice(0, 5)) }
  const scene = await openScene(t, env)
  const { document } = scene
  for (const id of ['getChannels', 'forceDeleteChannel', 'getVersionsByChannelId', 'putWifConfigStatuses'])
    t.match(document, `"operationId":"${id}"`)
  const own = named('typescript-openapi-fetch', 'go-oapi-codegen')
  await install(own)
  for (const client of own)
    await t.test(client.name, async (t) => {
      const { works, failure } = await make(client, scene, { program: `kinds/${client.name}` })
      t.ok(works, `${failure}`)
    })
})

/** The document with the answers of a PUT as published: 201, or a problem. */
function published(text: string): string {
  const document = JSON.parse(text)
  for (const [path, { put }] of Object.entries<{ put?: { responses: Record<string, object> } }>(
    document.paths,
  ))
    if (path.endsWith('/statuses') && put)
      put.responses = { 201: put.responses['201'] ?? {}, default: put.responses.default ?? {} }
  return JSON.stringify(document)
}

t.test('the page of the clients', async (t) => {
  const page = readFileSync(join(root, 'clients/README.md'), 'utf8')

  await t.test('has the commands that are run', async (t) => {
    for (const { name, generate, compile } of clients)
      for (const command of [generate, compile]) t.match(page, `\n${command}\n`, name)
  })

  await t.test('says what comes through', async (t) => {
    for (const { name, generator, version, exactNumbers, exactTimes } of clients)
      t.match(
        page,
        `\n| [${name}](${name}) | ${generator} ${version} | ${word(exactNumbers)} | ${word(exactTimes)} |`,
      )
  })
})

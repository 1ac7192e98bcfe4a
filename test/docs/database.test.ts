/** The roles and grants of docs/database.md: they are enough, and no right to write is one too many. */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { migrate } from '../../server/db/migrate.ts'
import { loadDocument } from '../../server/openapi/document.ts'
import { type Application, application, report } from '../application.ts'
import { createEmptyDatabase, execute, testConfig } from '../databases.ts'

const page = readFileSync(new URL('../../docs/database.md', import.meta.url), 'utf8')
const peers = [{ ref_type: 'peers', target_kind: 'Cluster' }]
const adapters = {
  HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]',
  HYPERFLEET_ENTITIES: JSON.stringify([{ kind: 'Cluster', references: peers }]),
  HYPERFLEET_IDEMPOTENCY_TTL: '1ms',
}

/** The statements after a mark on the page, with roles that only this test has. */
function statements(mark: string): string[] {
  const [, text = ''] = new RegExp(`<!-- ${mark} -->\\n\`\`\`sql\\n([\\s\\S]*?)\`\`\``).exec(page) ?? []
  t.ok(text, `the page has a block ${mark}`)
  return text.replaceAll('hyperfleet', `hyperfleet_${process.pid}`).split(';\n').filter(Boolean)
}

function as(url: string, role: string, password: string): string {
  const own = new URL(url)
  own.username = `hyperfleet_${process.pid}${role}`
  own.password = password
  return own.href
}

let walks = 0

/** Does all that can be done, and returns what failed. */
async function walk({ call }: Application): Promise<string[]> {
  const name = `walk-${walks++}`
  const faults: string[] = []
  const step = async (...[method, path, body, headers]: Parameters<Application['call']>) => {
    const answer = await call(method, path, body, headers)
    if (answer.status >= 400) faults.push(`${method}: ${answer.status}`)
    return answer.body
  }
  const keyed = { 'idempotency-key': name }
  const { href, id } = (await step('POST', 'clusters', { kind: 'Cluster', name, spec: {} }, keyed)) ?? {}
  if (!href) return faults
  // A key that is past its time is written anew, and others like it are removed.
  for (const each of ['a', 'b']) {
    const own = { 'idempotency-key': `${name}-${each}` }
    await step('POST', `clusters/${id}/nodepools`, { kind: 'NodePool', name: each.repeat(3), spec: {} }, own)
  }
  const peer = (await step('POST', 'clusters', { kind: 'Cluster', name: `${name}-peer`, spec: {} })) ?? {}
  const references = { peers: [{ id: peer.id, kind: 'Cluster' }] }
  await step('PATCH', href, { references })
  await step('PATCH', href, { spec: { a: 1 }, references: {} })
  await step('PATCH', href, { references })
  for (const minute of [1, 2]) await step('PUT', `${href}/statuses`, report('validation', 4, 'True', minute))
  for (const path of ['clusters', 'nodepools', href, `${href}/statuses`]) await step('GET', path)
  await step('DELETE', href)
  await step('POST', `${href}/force-delete`, { reason: 'test' })
  return faults
}

t.test('the roles of docs/database.md', async (t) => {
  const admin = await createEmptyDatabase()
  const [owner = '', runtime = ''] = statements('roles')
  await execute(admin, owner)
  await execute(admin, runtime)
  t.teardown(async () => {
    await execute(admin, `alter database ${new URL(admin).pathname.slice(1)} owner to current_user`)
    for (const role of [`hyperfleet_${process.pid}`, `hyperfleet_${process.pid}_owner`])
      await execute(admin, `drop owned by ${role} cascade; drop role ${role}`)
  })
  await execute(
    admin,
    `alter database ${new URL(admin).pathname.slice(1)} owner to hyperfleet_${process.pid}_owner`,
  )
  const owned = as(admin, '_owner', 'change-me')
  const config = testConfig(owned, adapters)
  await migrate(config, loadDocument(config)['x-kinds'])
  const grants = statements('grants')
  for (const each of grants) await execute(owned, each)

  const server = await application(t, adapters, as(admin, '', 'change-me-too'))
  t.same(await walk(server), [], 'are enough to serve')
  t.ok((await server.database.one('check_database', {})).migrated)
  t.same(await server.database.all('list_inconsistencies', {}), [], 'and to verify')

  for (const grant of grants.filter((each) => /^grant (insert|update|delete)/.test(each))) {
    const [, rights = '', tables = ''] = /^grant (.+?) on (.+?) to/.exec(grant) ?? []
    for (const right of rights.split(', ')) {
      for (const table of tables.split(', ')) {
        await execute(owned, `revoke ${right} on ${table} from hyperfleet_${process.pid}`)
        t.not((await walk(server)).length, 0, `${right} on ${table} is needed`)
        await execute(owned, `grant ${right} on ${table} to hyperfleet_${process.pid}`)
      }
    }
  }
  t.same(await walk(server), [], 'and nothing else has broken')
})

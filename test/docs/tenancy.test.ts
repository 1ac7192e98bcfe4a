/** docs/tenancy.md: its settings are those of a server, its files are whole, and its statement finds names that clash. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { loadConfig } from '../../server/config/load.ts'
import { application } from '../application.ts'
import { createDatabase, execute, kinds } from '../databases.ts'
import { root, temporaryFolder } from '../processes.ts'

const page = readFileSync(join(root, 'docs/tenancy.md'), 'utf8')
const blockAfter = (mark: string) =>
  new RegExp(`<!-- ${mark} -->\n\`\`\`\\w+\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? ''

/** The settings of a block, as a server reads them. */
async function settingsOf(t: Test, mark: string) {
  const file = join(await temporaryFolder(t), 'config.yaml')
  writeFileSync(file, blockAfter(mark))
  const env = {
    HYPERFLEET_CLUSTER_ADAPTERS: '[]',
    HYPERFLEET_NODEPOOL_ADAPTERS: '[]',
    HYPERFLEET_DATABASE_URL: 'postgres://db.example.com/fleet',
    ...(mark !== 'claims' && { HYPERFLEET_SERVER_JWT_ENABLED: 'false' }),
  }
  return loadConfig(kinds, { file, env }).server
}

t.test('the settings are those of a server that keeps tenants apart', async (t) => {
  for (const mark of ['settings', 'claims', 'one-header']) {
    const { tenant } = await settingsOf(t, mark)
    t.strictSame(
      tenant.dimensions.map(({ key, required }) => [key, required]),
      [
        ['org', true],
        ['project', false],
      ],
      mark,
    )
    t.ok(tenant.enabled && tenant.row_security, mark)
  }
})

t.test('the gateways set the headers that the servers read, and remove them first', async (t) => {
  const tenant = (await settingsOf(t, 'one-header')).tenant
  const read = [tenant.header, tenant.system_header].map((name) => name?.toLowerCase())
  const [listener] = parse(blockAfter('envoy')).static_resources.listeners
  const filters = listener.filter_chains[0].filters[0].typed_config.http_filters
  t.strictSame(
    filters.map(({ name }: { name: string }) => name.split('.').at(-1)),
    ['header_mutation', 'ext_authz', 'router'],
  )
  const removed = filters[0].typed_config.mutations.request_mutations
  t.strictSame(
    removed.map(({ remove }: { remove: string }) => remove),
    read,
  )
  const { headers } = parse(blockAfter('authorino')).spec.response.success
  t.strictSame(Object.keys(headers), read)
  t.strictSame(
    Object.keys(headers['x-hyperfleet-tenancy'].json.properties),
    tenant.dimensions.map(({ key }) => key),
  )

  const own = (await settingsOf(t, 'settings')).tenant
  const { injectRequestHeaders, providers } = parse(blockAfter('oauth2-proxy'))
  const injected = injectRequestHeaders.map(({ name }: { name: string }) => name)
  t.strictSame(injected, [...own.dimensions.map(({ header }) => header), own.system_header, 'Authorization'])
  t.strictSame(providers[0].additionalClaims, ['org', 'project', 'hyperfleet_system'])
})

t.test('the claims of Keycloak are those that a server reads', async (t) => {
  const { jwt, tenant } = await settingsOf(t, 'claims')
  const claims = ['keycloak-scope', 'keycloak-client'].flatMap((mark) =>
    JSON.parse(blockAfter(mark)).protocolMappers.map(
      ({ config }: { config: Record<string, string> }) =>
        config['claim.name'] ?? config['included.custom.audience'],
    ),
  )
  const [issuer] = jwt.configs
  const wanted = [
    ...tenant.dimensions.map(({ claim }) => claim),
    tenant.system_claim,
    issuer?.audience,
    'email',
  ]
  t.strictSame([...new Set(claims)].sort(), wanted.sort())
})

t.test('names that clash are found', async (t) => {
  const separate = {
    HYPERFLEET_SERVER_TENANT_ENABLED: 'true',
    HYPERFLEET_SERVER_TENANT_DIMENSIONS: '[{"key":"org","header":"X-HyperFleet-Org","required":true}]',
  }
  const url = await createDatabase(separate)
  const former = await application(t, {}, url)
  const next = await application(t, separate, url)
  const create = (name: string) => ({ kind: 'Cluster', name, spec: {} })
  const acme = { 'x-hyperfleet-org': 'acme' }
  for (const name of ['same', 'one-only']) await next.call('POST', 'clusters', create(name), acme)
  for (const name of ['same', 'of-former']) await former.call('POST', 'clusters', create(name))
  await next.call('POST', 'clusters', create('of-former'), { 'x-hyperfleet-org': 'other' })
  const { rows } = await execute(url, blockAfter('clashes'))
  t.match(rows, [{ kind: 'Cluster', name: 'same', owner_id: null }])
  t.equal(rows.length, 1)
  t.equal(rows[0].ids.length, 2)

  // Both are there for a server that keeps no tenants apart.
  const [, unwanted] = rows[0].ids
  t.equal((await former.call('DELETE', `clusters/${unwanted}`)).status, 202)
  t.strictSame((await execute(url, blockAfter('clashes'))).rows, [])
})

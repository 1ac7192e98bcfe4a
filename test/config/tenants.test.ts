import t from 'tap'
import { loadConfig } from '../../server/config/load.ts'
import { kinds } from '../databases.ts'
import { refusalOf } from './refusal.ts'

const env = {
  HYPERFLEET_SERVER_JWT_ENABLED: 'false',
  HYPERFLEET_CLUSTER_ADAPTERS: '[]',
  HYPERFLEET_NODEPOOL_ADAPTERS: '[]',
}
const load = (settings: Record<string, unknown>) =>
  loadConfig(kinds, {
    file: '/dev/null',
    env: {
      ...env,
      ...Object.fromEntries(
        Object.entries(settings).map(([name, value]) => [
          `HYPERFLEET_SERVER_TENANT_${name}`,
          typeof value === 'string' ? value : JSON.stringify(value),
        ]),
      ),
    },
  })
const org = { key: 'org', header: 'X-Org', required: true }

t.test('the settings of tenants are checked where they are on', async (t) => {
  const bad: [string, Record<string, unknown>, RegExp][] = [
    ['no dimension', {}, /^server\.tenant\.dimensions must have one that is required/],
    [
      'none required',
      { DIMENSIONS: [{ ...org, required: false }] },
      /dimensions must have one that is required/,
    ],
    [
      'a header with credentials',
      { DIMENSIONS: [{ ...org, header: 'cookie' }] },
      /dimensions\[0\]\.header must be another header/,
    ],
    [
      'a system header with credentials',
      { DIMENSIONS: [org], SYSTEM_HEADER: 'Authorization' },
      /^server\.tenant\.system_header must be another header \(it is "Authorization", from HYPERFLEET_SERVER_TENANT_SYSTEM_HEADER\)/,
    ],
    [
      'the system header for a dimension',
      { DIMENSIONS: [org], SYSTEM_HEADER: 'x-org' },
      /dimensions\[0\]\.header must not be the header of another setting/,
    ],
    [
      'one header twice',
      { DIMENSIONS: [org, { key: 'b', header: 'x-ORG' }] },
      /dimensions\[1\]\.header must not be/,
    ],
    [
      'one key twice',
      { DIMENSIONS: [org, { key: 'org', header: 'X-B' }] },
      /dimensions\[1\]\.key is there twice: org/,
    ],
    [
      'no place',
      { DIMENSIONS: [{ key: 'org', required: true }] },
      /dimensions\[0\] must have a header or a claim/,
    ],
    ['a key with other characters', { DIMENSIONS: [{ ...org, key: 'a b' }] }, /dimensions\[0\]\.key/],
    ['a key that is no name', { DIMENSIONS: [{ ...org, key: '__proto__' }] }, /dimensions\[0\]\.key/],
    ['a header that is none', { DIMENSIONS: [{ ...org, header: 'a b' }] }, /dimensions\[0\]\.header/],
  ]
  for (const [title, settings, expected] of bad) {
    t.match(
      refusalOf(() => load({ ...settings, ENABLED: 'true' })),
      expected,
      title,
    )
  }
  // Off, they are there for later.
  t.equal(load({ DIMENSIONS: [{ ...org, required: false }] }).server.tenant.enabled, false)
  const good = [
    { DIMENSIONS: [org] },
    { DIMENSIONS: [{ key: 'org', required: true }], HEADER: 'X-Tenancy' },
    { DIMENSIONS: [{ key: 'org', claim: 'org_id', required: true }], SYSTEM_CLAIM: 'system' },
  ]
  for (const settings of good) t.equal(load({ ...settings, ENABLED: 'true' }).server.tenant.enabled, true)
})

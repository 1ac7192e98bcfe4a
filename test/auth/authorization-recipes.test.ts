/** The rules of docs/authorization.md: a server takes them, and they decide as the page says. */
import { readFileSync } from 'node:fs'
import t from 'tap'

import { parse, stringify } from 'yaml'
import { decide } from '../../server/auth/authorization/access-decision.ts'
import { factsFor, groupsIn } from '../../server/auth/authorization/access-facts.ts'
import type { Verb } from '../../server/auth/authorization/access-rule.ts'
import { AccessRules } from '../../server/auth/authorization/access-rules.ts'
import { unreachableRules } from '../../server/auth/authorization/unreachable-rules.ts'
import { testConfig } from '../databases.ts'

const page = readFileSync(new URL('../../docs/authorization.md', import.meta.url), 'utf8')

/** The rules of the first block below a heading, as a server has them. */
function rulesOf(heading: string): AccessRules {
  const section = page.slice(page.indexOf(`# ${heading}\n`))
  const [, block = ''] = /```yaml\n([\s\S]*?)```/.exec(section) ?? []
  const { rules } = parse(block).server.authorization
  const { server } = testConfig('postgres://localhost/x', {
    HYPERFLEET_SERVER_AUTHORIZATION_RULES: JSON.stringify(rules),
  })
  return new AccessRules(server.authorization.rules)
}

interface Case {
  claims: Record<string, unknown>
  verb: Verb
  outcome: 'allow' | 'deny' | 'open'
  adapter?: string
  resource?: object
}

const recipes: Record<string, Case[]> = {
  'Authorization of callers': [
    { claims: { groups: ['fleet-operators'] }, verb: 'force-delete', outcome: 'allow' },
    { claims: {}, verb: 'get', outcome: 'allow' },
    { claims: {}, verb: 'delete', outcome: 'deny' },
  ],
  'Readers and operators': [
    { claims: { groups: ['fleet-operators'] }, verb: 'delete', outcome: 'allow' },
    { claims: { groups: ['fleet-readers'] }, verb: 'list', outcome: 'allow' },
    { claims: { groups: ['fleet-readers'] }, verb: 'update', outcome: 'deny' },
    { claims: {}, verb: 'get', outcome: 'deny' },
  ],
  'Adapters by a claim': [
    { claims: { adapter: 'dns' }, verb: 'report', adapter: 'dns', outcome: 'allow' },
    { claims: { adapter: 'dns' }, verb: 'report', adapter: 'validation', outcome: 'deny' },
    { claims: {}, verb: 'report', adapter: 'dns', outcome: 'deny' },
    { claims: {}, verb: 'report', adapter: '', outcome: 'deny' },
    { claims: { adapter: '' }, verb: 'report', adapter: '', outcome: 'deny' },
    { claims: { adapter: 'dns' }, verb: 'list', outcome: 'allow' },
    { claims: { adapter: 'dns' }, verb: 'update', outcome: 'deny' },
  ],
  'One team per label': [
    { claims: { groups: ['red'] }, verb: 'update', outcome: 'open' },
    { claims: { groups: ['red'] }, verb: 'update', resource: { labels: { team: 'red' } }, outcome: 'allow' },
    { claims: { groups: ['red'] }, verb: 'update', resource: { labels: { team: 'blue' } }, outcome: 'deny' },
    { claims: { groups: ['red'] }, verb: 'create', resource: { labels: {} }, outcome: 'deny' },
    {
      claims: { groups: ['red'] },
      verb: 'delete',
      resource: { labels: { team: 'red', frozen: 'true' } },
      outcome: 'deny',
    },
    {
      claims: { groups: ['fleet-operators'] },
      verb: 'delete',
      resource: { labels: { frozen: 'true' } },
      outcome: 'allow',
    },
    { claims: { groups: ['red'] }, verb: 'list', outcome: 'deny' },
  ],
  'Force-delete in an emergency only': [
    { claims: { groups: ['fleet-break-glass'] }, verb: 'force-delete', outcome: 'allow' },
    { claims: { groups: ['fleet-operators'] }, verb: 'force-delete', outcome: 'deny' },
    { claims: { groups: ['fleet-operators'] }, verb: 'delete', outcome: 'allow' },
  ],
}

for (const [heading, cases] of Object.entries(recipes))
  t.test(heading, async (t) => {
    const rules = rulesOf(heading)
    t.strictSame(unreachableRules(rules.all), [])
    for (const each of cases) {
      const { claims, verb, adapter = '', resource, outcome } = each
      const facts = factsFor(
        { verb, kind: 'Cluster', adapter, ...(resource && { resource }) },
        () => ({ identity: '', issuer: '', claims, groups: groupsIn(claims, 'groups'), system: false }),
        () => ({}),
        () => ({ method: '', path: '', id: '', owner_id: '', dry_run: 'false' }),
      )
      const decision = decide(rules.of(verb, 'Cluster'), facts)
      t.equal(decision.outcome, outcome, stringify(each))
      t.strictSame(decision.failures, [], stringify(each))
      t.equal(decide(rules.all, facts).outcome, outcome, 'the table leaves out only what cannot match')
    }
  })

t.test('every block of rules is tried', async (t) => {
  t.equal(page.match(/^ +rules:/gm)?.length, Object.keys(recipes).length)
})

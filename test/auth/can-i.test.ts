/** The command that explains a decision of the rules. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { stringify } from 'yaml'
import { canI } from '../../commands/can-i.ts'
import { temporaryFolder } from '../processes.ts'
import { entities } from './ruled.ts'

const issuer = { issuer_url: 'https://sso.example.com', jwk_cert_url: 'https://sso.example.com/certs' }
const other = { issuer_url: 'https://robots.example.com', jwk_cert_url: 'https://robots.example.com/certs' }
const rules = [
  { name: 'no-force', effect: 'deny', verbs: ['force-delete'], kinds: ['*'] },
  { name: 'dns', effect: 'allow', verbs: ['report'], kinds: ['Cluster'], adapters: ['dns'] },
  { name: 'old', effect: 'allow', verbs: ['get'], kinds: ['Shelf'], when: 'caller.claims.level > 1.0' },
  {
    name: 'me',
    effect: 'allow',
    verbs: ['get', 'list'],
    kinds: ['Cluster'],
    when: "caller.identity == 'me@example.com' && request.path == '/api/hyperfleet/v1/clusters/x'",
  },
  {
    name: 'teams',
    effect: 'allow',
    verbs: ['*'],
    kinds: ['*'],
    when: 'caller.groups.size() > 0 && resource.labels.team in caller.groups',
  },
]

async function asking(t: Test, jwt: object = { configs: [issuer] }, own: object[] = rules) {
  const folder = await temporaryFolder(t)
  const fileOf = (name: string, content: string) => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }
  const config = fileOf(
    'config.yaml',
    stringify({ entities, server: { jwt, authorization: { rules: own } } }),
  )
  return {
    fileOf,
    ask(...args: string[]) {
      const said = t.capture(console, 'log')
      const complained = t.capture(console, 'error')
      const code = canI([...args, '--config', config])
      const text = [...said(), ...complained()].map((call) => call.args.join(' ')).join('\n')
      said.restore()
      complained.restore()
      return { code, text }
    },
  }
}

t.test('a decision is explained', async (t) => {
  const { ask, fileOf } = await asking(t)
  const claims = (content: object) => ['--claims', fileOf('claims.json', JSON.stringify(content))]
  const me = claims({ email: 'me@example.com' })
  t.match(ask('force-delete', 'Box', ...me), {
    code: 1,
    text: 'no: force-delete on Box for me@example.com: by rule 0 (no-force)\n  rule 0 (no-force), deny: matches',
  })
  t.match(ask('get', 'Cluster', '--id', 'x', ...me), {
    code: 0,
    text: [
      'yes: get on Cluster for me@example.com: by rule 3 (me)',
      '  rule 0 (no-force), deny: is not of this verb',
      '  rule 1 (dns), allow: is not of this verb',
      '  rule 2 (old), allow: is not of this kind',
      '  rule 3 (me), allow: matches',
    ].join('\n'),
  })
  t.match(ask('get', 'Cluster', '--id=y', ...me), {
    code: 1,
    text: /no rule allows it[\s\S]*rule 3 \(me\), allow: has an expression that is false\n.*rule 4 .*false$/,
  })
  t.match(ask('get', 'Shelf', ...me), { code: 1, text: /rule 2 \(old\), allow: .*failed, .*\(no such key/ })
  t.match(ask('report', 'Cluster', '--adapter', 'dns', ...me), { code: 0 })
  t.match(ask('report', 'Cluster', '--adapter', 'x', ...me), { code: 1, text: /is not of this adapter/ })
  const red = claims({ email: 'a@example.com', groups: ['red'] })
  const resource = fileOf('resource.json', JSON.stringify({ labels: { team: 'red' } }))
  t.match(ask('update', 'Box', ...red, '--resource', resource), { code: 0, text: /by rule 4 \(teams\)/ })
  t.match(ask('list', 'Box', ...red), {
    code: 1,
    text: /rule 4 \(teams\) depends on the resource, and a list has none/,
  })
  t.match(ask('list', 'Box', ...claims({})), { code: 1, text: /for a caller without a name: no rule/ })
})

t.test('a question that has no answer says why, with 2', async (t) => {
  const { ask, fileOf } = await asking(t)
  const claims = ['--claims', fileOf('claims.json', '{"email":"me@example.com","groups":["red"]}')]
  const foreign = ['--claims', fileOf('foreign.json', '{"iss":"https://elsewhere.org"}')]
  const robot = ['--claims', fileOf('robot.json', '{"email":"system@hyperfleet.local"}')]
  const cases: [string[], RegExp][] = [
    [[], /usage: hyperfleet-api can-i VERB KIND/],
    [['get'], /usage/],
    [['read', 'Cluster'], /read is not a verb; there are get, list, create/],
    [['get', 'Thing'], /Thing is not a kind; there are Cluster, NodePool, Shelf, Box/],
    [['get', 'Cluster'], /--claims must name a file/],
    [['get', 'Cluster', '--claims'], /--claims has no value/],
    [['get', 'Cluster', '--claims', 'nowhere'], /the file nowhere of --claims cannot be read/],
    [['get', 'Cluster', '--claims', fileOf('list.json', '[]')], /must have a JSON object/],
    [['get', 'Cluster', ...foreign], /iss in --claims must be that of an issuer/],
    [['get', 'Cluster', ...robot], /a token with these claims is refused: .* the system itself/],
    [['get', 'Cluster', '--adapter', 'dns', ...claims], /--adapter is for the verb report/],
    [['list', 'Cluster', '--resource', 'x', ...claims], /--resource is not for the verb list/],
    [['get', 'Box', ...claims], /the rule 4 \(teams\) depends on the resource, .*: give it with --resource/],
    [
      ['report', 'Cluster', ...claims],
      /the rule 1 \(dns\) depends on the adapter of the report: give it with --adapter/,
    ],
    [['get', 'Cluster', '--server-prot', '1', ...claims], /did you mean --server-port/],
  ]
  for (const [args, text] of cases) t.match(ask(...args), { code: 2, text }, args.join(' '))
})

t.test('callers are named as by the server', async (t) => {
  const several = await asking(t, { configs: [issuer, { ...other, identity_claim: 'sub' }] })
  const claims = (content: object) => ['--claims', several.fileOf('claims.json', JSON.stringify(content))]
  t.match(several.ask('create', 'Box', ...claims({ iss: other.issuer_url, sub: 'robot' })), {
    code: 1,
    text: /for https:\/\/robots\.example\.com#robot: no rule/,
  })
  t.match(several.ask('create', 'Box', ...claims({ sub: 'robot' })), { code: 2 })
  const open = await asking(t, { enabled: false })
  t.match(open.ask('create', 'Box'), { code: 1, text: /for system@hyperfleet\.local/ })
  t.match(open.ask('create', 'Box', ...claims({})), { code: 2, text: /--claims has no effect/ })
  const free = await asking(t, { configs: [issuer] }, [])
  t.match(free.ask('delete', 'Box'), { code: 0, text: 'yes: there are no rules' })
})

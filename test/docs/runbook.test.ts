/** docs/runbook.md: a section for each alert, and commands that do what it says on a server and its database. */
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { parse } from 'yaml'
import { base, report } from '../application.ts'
import { createDatabase, execute } from '../databases.ts'
import { quickStart, root, temporaryFolder } from '../processes.ts'
import { scrape } from '../prometheus.ts'
import { checkNames, checkSyntax } from '../promql.ts'

interface Block {
  mark: string | undefined
  language: string
  text: string
}

const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8')
const rules: { alert?: string; record?: string }[] = parse(
  readFileSync(new URL('../../helm/files/alerts.yaml', import.meta.url), 'utf8'),
).groups.flatMap((group: { rules: object[] }) => group.rules)
const blocks = Array.from(
  runbook.matchAll(/^(?:<!-- (\w[\w-]*) -->\n)?```(\w+)\n(.*?)^```$/gms),
  ([, mark, language = '', text = '']): Block => ({ mark, language, text }),
)
const headings = Array.from(runbook.matchAll(/^#+ (.+)$/gm), ([, title = '']) => title)

t.test('each alert has a section, and each section an alert', async (t) => {
  const names = rules.flatMap(({ alert }) => alert ?? [])
  t.strictSame(headings.filter((title) => title.startsWith('HyperFleet')).sort(), names.sort())
  const sections = runbook.split(/^#+ /m).filter((section) => section.startsWith('HyperFleet'))
  for (const section of sections)
    for (const part of ['Means', 'Look', 'Causes', 'Do', 'Over', 'Wake'])
      t.ok(section.includes(`**${part}`), `${section.slice(0, section.indexOf('\n'))}: ${part}`)
})

t.test('messages that a command searches the log for are messages of the server', async (t) => {
  const files = readdirSync(join(root, 'server'), { recursive: true, encoding: 'utf8' })
  const sources = files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(root, 'server', file), 'utf8'))
    .join()
  const messages = Array.from(
    runbook.matchAll(/kubectl .* logs .*\| grep '([\w ]+)'/g),
    ([, text = '']) => text,
  )
  t.ok(messages.length > 1, `${messages}`)
  for (const message of messages) t.ok(sources.includes(message), message)
})

t.test('the blocks of the runbook', async (t) => {
  const adapters = {
    HYPERFLEET_CLUSTER_ADAPTERS: '["validation","dns"]',
    HYPERFLEET_NODEPOOL_ADAPTERS: '["validation"]',
  }
  const url = await createDatabase(adapters)
  const server = await quickStart(t, {
    ...adapters,
    HYPERFLEET_DATABASE_URL: url,
    HYPERFLEET_DATABASE_READ_URL: url,
    HYPERFLEET_LOGGING_LEVEL: 'info',
    HYPERFLEET_SERVER_AUTHORIZATION_RULES: JSON.stringify([
      { name: 'all', effect: 'allow', verbs: ['*'], kinds: ['*'] },
    ]),
  })
  const send = async (method: string, path: string, body?: object): Promise<{ id: string; href: string }> => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(server.api + path, {
      method,
      ...(body && { headers, body: JSON.stringify(body) }),
    })
    t.ok(answer.ok, `${method} ${path}`)
    return answer.json() as Promise<{ id: string; href: string }>
  }
  const { id, href } = await send('POST', `${base}/clusters`, { kind: 'Cluster', name: 'one', spec: {} })
  await send('PUT', `${href}/statuses`, report('validation', 1, 'True', 1))
  const other = await send('POST', `${base}/clusters`, { kind: 'Cluster', name: 'two', spec: {} })
  const log = join(await temporaryFolder(t), 'log')
  const found = new Map<string, string>()

  const prelude = blocks.find(({ mark }) => mark === 'prelude')?.text ?? ''
  const run = async (script: string) => {
    writeFileSync(log, server.output.stdout)
    const local = `${prelude}\n${script}`
      .replaceAll('http://localhost:8000', server.api)
      .replaceAll('http://localhost:8080', server.health)
      .replaceAll(/kubectl -n "\$NAMESPACE" logs [^|\n]*/g, `cat ${log} `)
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', local], {
      cwd: root,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        CLUSTER: id,
        HYPERFLEET_DATABASE_URL: url,
        ...adapters,
      },
    })
    return stdout
  }

  const inCluster = ({ text }: Block) => /^kubectl (?!.* logs .*\|)/m.test(text)
  t.ok(blocks.filter(({ language }) => language === 'sql').length > 10)
  for (const block of blocks) {
    const { mark, language, text } = block
    const what = mark ?? text.trim()
    if (language === 'sql') {
      if (text.startsWith('update kinds'))
        await execute(url, `update resources set conditions = conditions::jsonb - 0 where name = 'two'`)
      const { rows } = await execute(url, text)
      found.set(what, JSON.stringify(rows))
    } else if (language === 'sh' && inCluster(block)) {
      t.notMatch(text, /curl|hf |npm|psql/, `${what}: only what needs a cluster is not run`)
    } else if (language === 'sh') {
      if (mark === 'force-delete') await send('DELETE', href)
      found.set(what, await run(text))
    }
  }

  const waiting = JSON.parse(found.get('waiting') ?? '[]')
  t.match(waiting, [
    { kind: 'Cluster', adapter: 'dns', marked: false, waiting: 2 },
    { kind: 'Cluster', adapter: 'validation', marked: false, waiting: 1 },
  ])
  t.equal(waiting.length, 2)
  t.match(found.get('required'), '{"kind":"Cluster","required_adapters":["validation","dns"]}')
  t.match(
    found.get('npm run migrate && npm run verify'),
    'all is consistent',
    'what was tampered with is right again',
  )
  t.match(found.get('adapters'), /^ *1 "adapter":"validation"\n$/)
  t.match(found.get('callers'), /^ *\d+ "caller":"system@hyperfleet.local"\n$/)
  t.match(found.get('gone'), 'HYPERFLEET-NTF-001')
  t.match(server.output.stdout, 'the account at the provider was closed')

  await t.test('its expressions ask for what there is', async (t) => {
    const expressions = blocks.filter(({ language }) => language === 'promql').map(({ text }) => text)
    t.ok(expressions.length > 8)
    await execute(url, 'alter table adapter_statuses rename to adapter_statuses_gone')
    await fetch(`${server.api}${base}/clusters/${other.id}/statuses`)
    const { metrics } = await scrape(t, server.metrics)
    const recorded = rules.flatMap(({ record }) => record ?? [])
    for (const expression of expressions) checkNames(t, expression, metrics, recorded)
    await checkSyntax(t, expressions)
  })
})

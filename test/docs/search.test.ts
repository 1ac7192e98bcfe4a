import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import t from 'tap'
import { conditionMembers, resourceFields, statusFields } from '../../search/fields.ts'
import { application } from '../application.ts'
import { createFleet, type FleetCluster, filled } from '../fleet.ts'

type Row = [search: string, says: string]

const text = readFileSync(new URL('../../docs/search.md', import.meta.url), 'utf8')

const blocks = (language: string): string[] =>
  Array.from(text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms')), ([, block = '']) => block)

/** What stands in backticks; in two of them when there is one inside. */
const codes = (cell: string): string[] =>
  Array.from(cell.matchAll(/(?<!`)(`+)( ?)(.+?)\2\1(?!`)/g), ([, , , code = '']) => code)

/** The rows of all tables under a header: the search of the first cell, and the second cell. */
const rowsOf = (first: string, second: string): Row[] =>
  Array.from(text.matchAll(/^\| (.+) \| (.+) \|\n\|---\|---\|\n((?:\|.*\n)+)/gm))
    .filter(([, one, other]) => one === first && other === second)
    .flatMap(([, , , rows = '']) => rows.trimEnd().split('\n'))
    .map((row) => {
      const [, search = '', says = ''] = /^\| (.+) \| (.+) \|$/.exec(row) ?? []
      return [codes(search)[0] ?? '', says]
    })

const clusters: FleetCluster[] = JSON.parse(blocks('json')[0] ?? '[]')
const found = rowsOf('search', 'finds')
const foundInReports = rowsOf('search of reports', 'finds')
const refused = rowsOf('search', 'because')

t.test('the examples of docs/search.md', async (t) => {
  const { app, call } = await application(t, { HYPERFLEET_CLUSTER_ADAPTERS: '["validation","dns"]' })
  const fleet = await createFleet(t, call, clusters)
  const all = [...fleet.keys()]

  const ask = (path: string, search: string) =>
    call('GET', `${path}?${new URLSearchParams({ size: '500', search: filled(search, fleet) })}`)
  const namesIn = (says: string) => (says === 'all' ? all : says === 'nothing' ? [] : codes(says)).toSorted()

  await t.test('find what they say', async (t) => {
    t.ok(found.length > 50, `${found.length} examples`)
    for (const [search, says] of found) {
      const { status, body, text } = await ask('clusters', search)
      if (status !== 200) {
        t.fail(`${search}: ${status} ${text}`)
        continue
      }
      const names = body.items.map(({ name }: { name: string }) => name).sort()
      t.strictSame(names, namesIn(says), search)
      t.ok(says === 'nothing' || names.length > 0, `${search} finds something`)
    }
  })

  await t.test('find reports', async (t) => {
    t.ok(foundInReports.length > 0)
    for (const [search, says] of foundInReports) {
      const { body, text } = await ask(`clusters/${fleet.get('prod-eu')?.id}/statuses`, search)
      const adapters = body.items?.map(({ adapter }: { adapter: string }) => adapter).sort()
      t.strictSame(adapters, namesIn(says), `${search}: ${text}`)
    }
  })

  await t.test('are refused as they say', async (t) => {
    t.ok(refused.length >= 10, `${refused.length} examples`)
    for (const [search, says] of refused) {
      const { status, body } = await ask('clusters', search)
      t.equal(status, 400, search)
      t.equal(body.code, 'HYPERFLEET-VAL-005', search)
      const [told] = codes(says.replace(/^.*: (?=`)/, ''))
      t.ok(told && body.detail.includes(told), `${search}: ${told} in ${body.detail}`)
    }
  })

  await t.test('run as commands', async (t) => {
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    let requests = 0
    app.server.on('request', () => requests++)
    const [first = '', ...others] = blocks('sh').map((block) =>
      // A short list takes several steps, too.
      block.replaceAll('http://localhost:8000', url).replaceAll('size=500', 'size=2'),
    )
    const [prelude] = first.split('\n')
    const walk = others.pop()
    t.match(await run(first), /"total" ?: ?2\b/)
    t.ok(others.length > 1)
    for (const each of others) {
      // Every command of a block answers with a list.
      const output = await run(`${prelude}\n${each}`)
      t.equal(output.match(/"kind" ?: ?"ClusterList"/g)?.length, each.match(/^curl/gm)?.length, output)
    }

    requests = 0
    const walked = await run(`${prelude}\n${walk}`)
    t.equal(walked, 'prod-asia\nprod-eu\nprod-us\nstage-eu\nstage-us\n')
    t.equal(requests, 3)
  })
})

async function run(script: string): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script])
  return stdout
}

t.test('every operator and every field has an example', async (t) => {
  const operators = [
    ...['=', '==', '!=', '<>', '<', '<=', '>', '>='],
    ...['like', 'ilike', 'in', 'between', 'and', 'or', 'is null', 'is not null'],
    ...['not like', 'not ilike', 'not in', 'not between'],
  ]
  const fields = [
    ...Object.keys(resourceFields.columns),
    ...['labels.key', 'labels [', 'spec.member', 'spec [', 'status.conditions.Type'],
    ...Object.keys(conditionMembers).map((member) => `status.conditions.Type.${member}`),
  ]
  /** Searches without their texts and with one name for all keys, as words. */
  const bare = (rows: Row[]) =>
    rows.map(([search]) => {
      const words = search
        .replace(/(?<!\[)(['"`])(?:\\.|(?!\1).)*\1/g, '_')
        .replace(/\b(labels|spec)\.\w+/g, (_, first) => (first === 'spec' ? 'spec.member' : 'labels.key'))
        .replace(/\bconditions\.\w+/g, 'conditions.Type')
        .replace(/\s*([=<>!]+|[[()\]])\s*/g, ' $1 ')
      return ` ${words} `.replace(/ +/g, ' ')
    })
  const words = bare(found)
  for (const operator of operators)
    t.ok(
      words.some((search) => search.includes(` ${operator} `)),
      operator,
    )
  t.ok(
    words.some((search) => search.startsWith(' not ')),
    'not',
  )
  for (const field of fields)
    t.ok(
      words.some((search) => search.includes(` ${field} `)),
      field,
    )
  for (const field of Object.keys(statusFields.columns))
    t.ok(
      bare(foundInReports).some((search) => search.includes(` ${field} `)),
      `${field} of reports`,
    )
})

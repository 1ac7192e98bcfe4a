/** What the documents name must be there: files, headings, settings, flags, metrics, codes, tests, commands. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import t from 'tap'
import {
  adaptersName,
  flagsOf,
  olderFlags,
  type SettingSchema,
  known as schema,
  settings,
  variablesOf,
} from '../../server/config/settings.ts'
import { loadDocument } from '../../server/openapi/document.ts'
import { problems } from '../../server/problem.ts'
import { root } from '../processes.ts'

/** Who runs the commands of the documents, or why nobody does. By file and how the block begins. */
const commands: Record<string, { test: string } | { because: string }> = {
  'README.md: npm install && npm start': { because: 'it installs; test/faults/start.test.ts starts' },
  'README.md: npm install && npm test': { because: 'it is what runs the tests' },
  'README.md: HYPERFLEET_CLUSTER_ADAPTERS=': { test: 'test/readme.test.ts' },
  'README.md: API=': { test: 'test/readme.test.ts' },
  'README.md: export HYPERFLEET_SERVER=': { test: 'test/readme.test.ts' },
  'README.md: eval "$(npm run -s dev-token': { test: 'test/readme.test.ts' },
  'README.md: TOKEN=': { test: 'test/readme.test.ts' },
  'README.md: export HYPERFLEET_DATABASE_URL=': {
    because: 'it needs a database and an issuer of the reader',
  },
  'SECURITY.md: skopeo': { because: 'it needs a registry and an engine' },
  'clients/README.md: ': { test: 'test/clients/clients.test.ts' },
  'docs/adapters.md: node docs/examples/adapter.mjs': { test: 'test/docs/adapters.test.ts' },
  'docs/api.md: curl ': { test: 'test/docs/api.test.ts' },
  'docs/cli.md: source <(hyperfleet completion': {
    because: 'it is for the files of a shell; test/cli/completion.test.ts loads each script',
  },
  'docs/cli.md: ': { test: 'test/docs/cli.test.ts' },
  'docs/database.md: pg_dump': { because: 'npm has no pg_dump; tried by hand, as the page says' },
  'docs/kinds.md: npm run seed': { test: 'test/scripts/seed.test.ts' },
  'docs/moving-in.md: export': { because: 'it needs the databases of the reader' },
  'docs/moving-in.md: npm run': { test: 'test/docs/moving-in.test.ts' },
  'docs/runbook.md: NAMESPACE=': { because: 'it needs a cluster' },
  'docs/runbook.md: kubectl': { because: 'it needs a cluster; what follows a pipe is run by the next' },
  'docs/runbook.md: ': { test: 'test/docs/runbook.test.ts' },
  'docs/operating.md: helm install hyperfleet-api': { test: 'test/helm/guide.test.ts' },
  'docs/operating.md: helm upgrade': { test: 'test/helm/guide.test.ts' },
  'docs/operating.md: # Ready': { test: 'test/helm/guide.test.ts' },
  'docs/operating.md: ': { because: 'it needs a cluster; what it was tried on is at its end' },
  'docs/observability.md: HYPERFLEET_TRACING_ENABLED=true': {
    because: 'it needs a collector; test/observability/traces.test.ts has one of its own',
  },
  'docs/provider-schema.md: HYPERFLEET_SERVER_OPENAPI_SCHEMA_PATH=': {
    test: 'test/docs/provider-schema.test.ts',
  },
  'docs/provider-schema.md: API=': { test: 'test/docs/provider-schema.test.ts' },
  'docs/search.md: ': { test: 'test/docs/search.test.ts' },
}

/** The files below a folder that the project has written itself. */
const filesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || (entry.name.startsWith('.') && entry.name !== '.ci')) return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesIn(path) : [path]
  })
const files = filesIn('.')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const sources = files
  .filter((file) => /^(cli|clients|commands|handlers|server|scripts|bench)\/.*\.ts$/.test(file))
  .map(read)
  .join('\n')
const kinds = Object.keys(loadDocument()['x-kinds'])

const documents = files
  .filter((file) => file.endsWith('.md'))
  .map((file) => {
    const text = read(file)
    const prose = text.replace(/^```[\s\S]*?^```$/gm, '')
    const blocks = Array.from(text.matchAll(/^```(?:sh|bash)\n([\s\S]*?)^```$/gm), ([, block = '']) => block)
    const codes = Array.from(prose.matchAll(/`([^`\n]+)`/g), ([, code = '']) => code)
    return { file, text, prose, blocks, codes }
  })

/** The first group of each match. */
const found = (text: string, pattern: RegExp) => Array.from(text.matchAll(pattern), ([, first = '']) => first)

/** The anchors of a document: its headings as GitHub names them. */
function anchorsIn(file: string): Set<string> {
  const prose = read(file).replace(/^```[\s\S]*?^```$/gm, '')
  const seen = new Map<string, number>()
  const anchors = found(prose, /^#+ (.+)$/gm).map((heading) => {
    const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    const slug = words.replace(/[^\p{L}\p{N}_\s-]/gu, '').replaceAll(' ', '-')
    const times = seen.get(slug) ?? 0
    seen.set(slug, times + 1)
    return times ? `${slug}-${times}` : slug
  })
  return new Set(anchors)
}

/** Every key that the schema of the settings has: of settings, of groups, of members of lists. */
function keysOf({ properties, items }: SettingSchema, path = ''): string[] {
  const members = Object.entries(properties ?? items?.properties ?? {})
  return members.flatMap(([name, member]) => {
    const key = path ? `${path}.${name}` : name
    return [key, ...keysOf(member, member.type === 'array' ? `${key}[]` : key)]
  })
}

t.test('there are documents', async (t) => {
  t.ok(documents.length > 15, `${documents.length}`)
})

t.test('links lead somewhere', async (t) => {
  for (const { file, prose } of documents)
    for (const target of found(prose.replace(/`[^`\n]*`/g, ''), /\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue
      const [path = '', anchor] = target.split('#')
      const there = path ? relative(root, join(root, dirname(file), path)) : file
      t.ok(existsSync(join(root, there)), `${file}: ${target}`)
      if (anchor) t.ok(anchorsIn(there).has(anchor), `${file}: ${target}`)
    }
})

t.test('files that are named are there', async (t) => {
  const folders = new Set(files.filter((file) => file.includes('/')).map((file) => file.split('/')[0]))
  const names = new Set(files.map((file) => file.split('/').at(-1)))
  for (const { file, codes } of documents)
    for (const code of codes) {
      if (!/^[\w./-]+$/.test(code)) continue
      const isPath = code.includes('/') && folders.has(code.split('/')[0])
      const isName = !code.includes('/') && /\.(ts|mjs|sql|md)$/.test(code)
      if (isPath) t.ok(existsSync(join(root, code)), `${file}: ${code}`)
      if (isName) t.ok(names.has(code), `${file}: ${code}`)
    }
})

t.test('functions, columns and members that are named for the reader of the code are there', async (t) => {
  const texts = files.filter((file) => /^(sql\/.*\.sql|openapi\.yaml)$/.test(file)).map(read)
  const names = new Set([...texts, sources].join('\n').match(/\w+/g))
  for (const { file, codes } of documents) {
    if (!/^docs\/(architecture|glossary)\.md$/.test(file)) continue
    const named = codes.filter((code) => /^[a-z]+(_[a-z0-9]+)+$|^[a-z]+[A-Z]\w*$/.test(code))
    t.ok(named.length > 5, `${file}: ${named.length}`)
    for (const name of named) t.ok(names.has(name), `${file}: ${name}`)
  }
})

t.test('tests that are quoted have these titles', async (t) => {
  for (const { file, prose } of documents)
    for (const [, test = '', titles = ''] of prose.matchAll(
      /`(test\/[\w/.-]+\.ts)`(?:\]\([^)\s]+\))?((?:,? "[^"\n]+")+)/g,
    ))
      for (const title of found(titles, /"([^"]+)"/g))
        t.ok(existsSync(join(root, test)) && read(test).includes(`'${title}'`), `${file}: ${test} "${title}"`)
})

t.test('tests that a command runs are there', async (t) => {
  const run = documents.flatMap(({ file, codes, blocks }) =>
    [...codes, ...blocks].flatMap((text) =>
      found(text, /npm test -- (?:--tier \w+ )?(\S+)/g).map((test) => ({ file, test })),
    ),
  )
  t.ok(run.length > 20, `${run.length}`)
  for (const { file, test } of run)
    t.ok(/\.test\.ts$/.test(test) && existsSync(join(root, test)), `${file}: ${test}`)
})

t.test('where a table has a column of tests, each row names one that is there', async (t) => {
  for (const { file, prose } of documents)
    for (const rows of found(prose, /^\|.*\| test \|\n\|[-|\s]+\|\n((?:\|.*\n)+)/gm))
      for (const row of rows.trimEnd().split('\n')) {
        const named = found(row.split(' | ').at(-1) ?? '', /`(test\/[\w/.-]+)`/g)
        t.ok(named.length && named.every((test) => existsSync(join(root, test))), `${file}: ${row}`)
      }
})

t.test('scripts, settings, variables and flags are those that there are', async (t) => {
  const scripts = Object.keys(JSON.parse(read('package.json')).scripts)
  const variables = new Set([
    ...settings(schema).flatMap(variablesOf),
    ...kinds.map(adaptersName),
    ...found(sources, /\benv\.(HYPERFLEET_\w+)/g),
  ])
  const flags = new Set([
    ...settings(schema)
      .flatMap(flagsOf)
      .map((flag) => flag.replace(/^-+/, '')),
    ...olderFlags().map(({ flag }) => flag),
    ...found(sources, /--([a-z][a-z-]+)/g),
    'data-urlencode', // of curl
    'set-file', // of helm
    'wait',
  ])
  const keys = new Set(keysOf(schema))
  for (const { file, text, blocks, codes } of documents) {
    for (const name of found(text, /npm run (?:-s )?([a-z][\w:-]*)/g))
      t.ok(scripts.includes(name), `${file}: npm run ${name}`)
    for (const name of found(text, /\b(HYPERFLEET_[A-Z]\w*)/g)) t.ok(variables.has(name), `${file}: ${name}`)
    const lines = [...codes, ...blocks.flatMap((block) => block.split('\n'))]
    const ours = lines.filter(
      (line) => /^--|hyperfleet-api|npm (run|start)/.test(line) && !/^\s*(kubectl|helm|podman) /.test(line),
    )
    for (const name of ours.flatMap((line) => found(line, /(?<![\w-])--([a-z][a-z-]*)/g)))
      t.ok(flags.has(name), `${file}: --${name}`)
    for (const code of codes) {
      const group = /^(\w+)\.[a-z_.[\]]+$/.exec(code)?.[1]
      if (!group || !schema.properties?.[group] || /\.(ts|md|sql)$/.test(code)) continue
      t.ok(keys.has(code) || keys.has(code.replace(/\[\]$/, '')), `${file}: ${code}`)
    }
  }
})

t.test('metrics and codes are those that there are', async (t) => {
  const metrics = new Set(found(sources, /'(hyperfleet_(?:api|db)_\w+)'/g))
  t.ok(metrics.size > 10)
  for (const { file, text } of documents) {
    for (const name of found(text, /\b(hyperfleet_(?:api|db)_\w+)/g))
      t.ok(metrics.has(name.replace(/_(bucket|sum|count)$/, '')), `${file}: ${name}`)
    for (const code of found(text, /\b((?:VAL|AUT|AUZ|NTF|CNF|LMT|INT|SVC)-\d+)\b/g))
      t.ok(code in problems, `${file}: ${code}`)
  }
})

t.test('commands are run by a test, or it is said why not', async (t) => {
  const unused = new Set(Object.keys(commands))
  for (const { file, blocks } of documents)
    for (const block of blocks) {
      const place = Object.keys(commands).find((each) => `${file}: ${block}`.startsWith(each))
      t.ok(place, `${file}: ${block}`)
      unused.delete(place ?? '')
      execFileSync('bash', ['-n'], { input: block })
    }
  t.strictSame([...unused], [], 'nothing is listed that is not there')
  for (const [place, who] of Object.entries(commands)) {
    if ('because' in who) continue
    const [file = ''] = place.split(':')
    t.match(read(who.test), file.replace('docs/', ''), `${who.test} reads ${file}`)
  }
})

t.test('no line ends in a space, or knows of one machine', async (t) => {
  for (const { file, text } of documents) {
    t.notMatch(text, /[ \t]$/m, file)
    t.notMatch(text, /(^|[\s`'"(=])\/(home|root|tmp|work|Users)\//m, file)
  }
})

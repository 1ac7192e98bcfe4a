/**
 * Writes the generated files: generated/openapi.d.ts from openapi.yaml, generated/sql.ts from sql/queries,
 * sql/schema.sql from a database with all migrations, docs/configuration.md from the settings, docs/api.md from openapi.yaml,
 * helm/values.schema.json from helm/values.yaml and the settings.
 *
 * Usage: npm run generate
 */
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import openapiTypescript, { astToString } from 'openapi-typescript'

const root = new URL('../', import.meta.url)
const notice = '// Made by `npm run generate`; edit the source instead.\n'

const types: Record<string, string> = {
  bigint: 'string',
  boolean: 'boolean',
  int: 'number',
  interval: 'string',
  jsonb: 'string',
  text: 'string',
  'text[]': 'string[]',
  timestamptz: 'string',
  uuid: 'string',
  'uuid[]': 'string[]',
}

interface Field {
  name: string
  type: string
}

/** The lines of one block of a query's header, as fields; throws on a type it does not know. */
function fields(file: string, header: string, line: RegExp): Field[] {
  return [...header.matchAll(line)].map(([, name = '', type = '', optional]) => {
    const known = types[type]
    if (!known) throw new Error(`${file}: ${name} is of the unknown type ${type}`)
    return { name, type: optional ? `${known} | null` : known }
  })
}

const shape = (members: Field[]) =>
  members.length ? `{ ${members.map(({ name, type }) => `${name}: ${type}`).join('; ')} }` : '{}'

async function query(file: string) {
  const source = await readFile(new URL(`sql/queries/${file}`, root), 'utf8')
  const name = file.replace('.sql', '')
  const header = source.slice(0, source.search(/^[^-]/m))
  const text = source.slice(header.length).trim().replace(/;$/, '')
  const parameters = fields(file, header, /^--\s+\$\d+\s+(\w+)\s+([\w[\]]+)(\?)?(?:\s|$)/gm)
  const columns = fields(
    file,
    header.slice(header.indexOf('-- Returns')),
    /^-- {3}(\w+)\s+([\w[\]]+)(\?)?(?:\s|$)/gm,
  )
  return {
    name,
    text,
    parameters,
    columns,
    hash: createHash('sha256').update(text).digest('hex').slice(0, 8),
  }
}

const files = (await readdir(new URL('sql/queries/', root))).filter((file) => file.endsWith('.sql')).sort()
const queries = await Promise.all(files.map(query))

await writeFile(
  new URL('generated/sql.ts', root),
  `${notice}
/** The parameters and columns of each file of sql/queries, by its header. */
export interface Queries {
${queries.map(({ name, parameters, columns }) => `  ${name}: {\n    parameters: ${shape(parameters)}\n    row: ${shape(columns)}\n  }`).join('\n')}
}

/** The statements of sql/queries: the order of their parameters and their text; ids differ when texts do. */
export const queries: { [Name in keyof Queries]: { id: string; parameters: string[]; text: string } } = {
${queries
  .map(
    ({ name, hash, parameters, text }) =>
      `  ${name}: {\n    id: '${name}_${hash}',\n    parameters: ${JSON.stringify(parameters.map((parameter) => parameter.name))},\n    text: ${JSON.stringify(text)},\n  }`,
  )
  .join(',\n')}
}
`,
)

await writeFile(
  new URL('generated/openapi.d.ts', root),
  notice + astToString(await openapiTypescript(new URL('openapi.yaml', root))),
)

// Loaded only now, since these modules use the queries just written.
const { Database } = await import('../server/db/database.ts')
const { startEmbedded } = await import('../server/embedded/embedded.ts')
const { loadConfig } = await import('../server/config/load.ts')
const { adaptersName } = await import('../server/config/settings.ts')
const { loadDocument } = await import('../server/openapi/document.ts')
const { migrate } = await import('../server/db/migrate.ts')
const { apiPage } = await import('./api-page.ts')
const { configurationPage } = await import('./configuration-page.ts')
const { chartSchema } = await import('./chart-schema.ts')

const folder = await mkdtemp(join(tmpdir(), 'hyperfleet-generate-'))
const embedded = await startEmbedded({ dir: folder })
const kinds = loadDocument()['x-kinds']
const adapters = Object.keys(kinds).map((kind) => [adaptersName(kind), '[]'])
const env = { HYPERFLEET_DATABASE_URL: embedded.url, ...Object.fromEntries(adapters) }
const config = loadConfig(kinds, { env, file: '/dev/null', serving: false })
await migrate(config, kinds)
const database = new Database(config.database)
const objects = await database.all('list_schema', {})
await database.close()
await embedded.stop()
await rm(folder, { recursive: true })
await writeFile(
  new URL('sql/schema.sql', root),
  `-- Made by \`npm run generate\` from sql/migrations: the schema that they amount to.

${objects.map(({ definition }) => `${definition};`).join('\n\n')}
`,
)

await writeFile(new URL('docs/api.md', root), apiPage(loadDocument()))

/** The sections of docs/errors.md, which a server has at /errors/<name>: neither package nor image has the documents. */
const errorPage = await readFile(new URL('docs/errors.md', root), 'utf8')
const sections = errorPage.split(/^(?=## )/m).slice(1)
const errors = Object.fromEntries(
  sections.map((section) => [section.slice(3, section.indexOf('\n')), section]),
)
await writeFile(
  new URL('generated/errors.ts', root),
  `// Made by \`npm run generate\` from docs/errors.md.\n\nexport const errors: Record<string, string> = ${JSON.stringify(errors, null, 2)}\n`,
)
await writeFile(new URL('docs/configuration.md', root), configurationPage(Object.keys(kinds)))

const [values = '', reference = ''] = await Promise.all(
  ['helm/values.yaml', 'helm/files/reference-values.yaml'].map((file) =>
    readFile(new URL(file, root), 'utf8'),
  ),
)
await writeFile(new URL('helm/values.schema.json', root), chartSchema(values, reference))

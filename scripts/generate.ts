/**
 * Makes generated/ from its sources: openapi.d.ts from openapi.yaml, sql.ts from sql/queries.
 *
 * Usage: npm run generate
 */
import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import openapiTypescript, { astToString } from 'openapi-typescript'

const root = new URL('../', import.meta.url)
const notice = '// Made by `npm run generate`; edit the source instead.\n'

const types: Record<string, string> = {
  boolean: 'boolean',
  int: 'number',
  interval: 'string',
  jsonb: 'string',
  text: 'string',
  'text[]': 'string[]',
  timestamptz: 'string',
  uuid: 'string',
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
/** What each file of sql/queries takes and returns, by its header. */
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

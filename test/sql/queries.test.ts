import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { queries } from '../../generated/sql.ts'
import { createDatabase } from '../databases.ts'
import { openSession } from '../sessions.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const nameOf = (file: string) => file.replace(/^.*\//, '').replace('.sql', '')
const filesOf = (folder: string) =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.\w+$/.test(file),
  )

t.test('every query can be prepared, with the parameters and columns that its header names', async (t) => {
  const session = await openSession(t, await createDatabase())
  const { rows: versions } = await session.query(
    `select current_setting('server_version_num')::int as version`,
  )
  // Before 16 PostgreSQL does not tell the columns of a prepared statement.
  const results = versions[0].version >= 160000 ? 'result_types::text[]' : 'null::text[]'
  for (const [name, { text, parameters }] of Object.entries(queries)) {
    await session.query(`prepare ${name} as ${text}`)
    const { rows } = await session.query(
      `select parameter_types::text[] as types, ${results} as results from pg_prepared_statements where name = $1`,
      [name],
    )
    const header = read(`sql/queries/${name}.sql`)
    const declared = [...header.matchAll(/^--\s+\$\d+\s+\w+\s+([\w[\]]+)/gm)].map(([, type]) => type)
    t.same(rows[0].types.map(shortName), declared, `${name}: parameters`)
    t.equal(declared.length, parameters.length, `${name}: names`)
    const returned = header.slice(header.indexOf('-- Returns'))
    const columns = [...returned.matchAll(/^-- {3}\w+\s+([\w[\]]+)(?:\?|\s|$)/gm)].map(([, type]) => type)
    if (versions[0].version >= 160000)
      t.same((rows[0].results ?? []).map(shortName), columns, `${name}: columns`)
  }
})

t.test('every SQL file', async (t) => {
  const source = ['commands', 'handlers', 'server', 'search', 'scripts']
    .flatMap((folder) => filesOf(folder).map((file) => `${folder}/${file}`))
    .filter((path) => path.endsWith('.ts'))
    .map(read)
    .join('\n')
  for (const folder of ['sql/queries', 'sql/functions']) {
    for (const file of filesOf(folder)) {
      const name = nameOf(file)
      const text = read(`${folder}/${file}`)
      t.match(text, new RegExp(`^-- ${name}: `), `${name} begins with its name and its promise`)
      t.notMatch(text.replace(/--.*/g, ''), /select\s+\*/, `${name} names its columns`)
      t.notMatch(text.replace(/--.*/g, ''), /\bnow\(\)/, `${name} reads the clock after its lock, if at all`)
    }
  }
  for (const file of filesOf('sql/queries')) {
    const name = file.replace('.sql', '')
    const text = read(`sql/queries/${file}`).replace(/--.*/g, '')
    t.equal(text.split(';').length, 2, `${name} is one statement`)
    t.notMatch(text, /\$\d+(?!\d*::)/, `${name} casts its parameters`)
    t.match(source, `'${name}'`, `${name} is called`)
  }
  for (const file of filesOf('sql/indexes')) {
    const name = file.replace('.sql', '')
    t.match(
      read(`sql/indexes/${file}`),
      new RegExp(`^-- ${name}: [^;]*create (unique )?index concurrently ${name}\\s[^;]*;\\n$`),
      name,
    )
  }
  t.same(
    filesOf('sql/migrations').map((file) => Number(file.slice(0, 3))),
    filesOf('sql/migrations').map((_, index) => index + 1),
    'migrations are numbered without gaps',
  )
})

t.test(
  'what functions of sql/functions/conditions call is there as well, since its results are stored',
  async (t) => {
    const names = filesOf('sql/functions').map(nameOf)
    const rules = filesOf('sql/functions/conditions')
    t.ok(rules.length > 0)
    for (const file of rules) {
      const text = read(`sql/functions/conditions/${file}`).replace(/--.*/g, '')
      const called = names.filter((name) => new RegExp(`\\b${name}\\s*\\(`).test(text))
      t.ok(called.includes(nameOf(file)), `${file} defines the function of its name`)
      t.same(
        called.filter((name) => !rules.includes(`${name}.sql`)),
        [],
        `${file} calls none outside`,
      )
    }
  },
)

t.test('what is derived from a resource is computed by functions of sql/functions/conditions', async (t) => {
  // What functions of reports/ call conditions are those of a report.
  const outside = filesOf('sql/functions').filter((file) => !/^(conditions|reports)\//.test(file))
  const rules = filesOf('sql/functions/conditions').map(nameOf)
  const computed = new Set<string>()
  for (const file of outside) {
    const text = read(`sql/functions/${file}`).replace(/--.*/g, '')
    const assigned =
      /\b(?:v_)?(conditions|states|unreconciled_since|label_pairs)(?: timestamptz| text\[\]| jsonb)? :?= (\w+)\(/g
    for (const [, column = '', name = ''] of text.matchAll(assigned)) {
      t.ok(rules.includes(name), `${file}: ${column} is made by ${name}`)
      computed.add(column)
    }
  }
  t.same([...computed].sort(), ['conditions', 'label_pairs', 'states', 'unreconciled_since'])
})

t.test('resources are written by few functions', async (t) => {
  const writers = filesOf('sql/functions')
    .filter((file) =>
      /\b(insert into|update|delete from) resources\b/.test(
        read(`sql/functions/${file}`).replace(/--.*/g, ''),
      ),
    )
    .map(nameOf)
  t.same(writers.sort(), [
    'adopt_resources',
    'import_references',
    'import_rows',
    'insert_resources',
    'mark_resources',
    'remove_resources',
    'save_conditions',
    'save_resource',
  ])
})

/** PostgreSQL's names of types as the headers write them. */
function shortName(type: string): string {
  const names: Record<string, string> = {
    integer: 'int',
    'timestamp with time zone': 'timestamptz',
  }
  return names[type] ?? type
}

import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { loadDocument } from '../../server/openapi/document.ts'
import { numberFormats } from '../../server/validation/spec-schemas/number-keywords.ts'
import { loadSpecSchemas } from '../../server/validation/spec-schemas/provider-schemas.ts'
import { formats } from '../../server/validation/spec-schemas/string-formats.ts'
import { quickStart, temporaryFolder } from '../processes.ts'

const guide = readFileSync(new URL('../../docs/provider-schema.md', import.meta.url), 'utf8')

/** The block after a mark in the guide. */
function block(mark: string): string {
  const [, text] = new RegExp(`<!-- ${mark} -->\\n\`\`\`\\w+\\n([\\s\\S]*?)\`\`\``).exec(guide) ?? []
  if (!text) throw new Error(`the guide has no block ${mark}`)
  return text
}

t.test('the walk of docs/provider-schema.md prints what the guide says', async (t) => {
  const folder = await temporaryFolder(t)
  const [, variable = '', name = ''] = /^(\w+)=(\S+) npm start\n$/.exec(block('start')) ?? []
  const file = join(folder, name)
  writeFileSync(file, block('document'))
  const { api } = await quickStart(t, {
    [variable]: file,
    HYPERFLEET_DATABASE_EMBEDDED_DIR: join(folder, 'postgres'),
  })
  const script = block('walk').replaceAll('http://localhost:8000', api)
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder })
  t.equal(stdout, block('printed'))
})

t.test('the rules of the guide are evaluated as it says', async (t) => {
  const file = join(await temporaryFolder(t), 'rules.yaml')
  const schemas = block('rules').replace(/^/gm, '    ')
  writeFileSync(file, `openapi: 3.0.3\ncomponents:\n  schemas:\n${schemas}`)
  const { rules } =
    loadSpecSchemas(loadDocument(), { openapi_schema_path: file } as never).get('Cluster') ?? {}
  const nodes = (size: number) => [{ name: 'a', size }]
  t.strictSame(rules?.check({ replicas: 4, max: 3, nodes: nodes(1) }, { nodes: nodes(2) }), [
    { field: 'spec.replicas', message: 'there are 4 replicas, and at most 3' },
    { field: 'spec.nodes[0].size', message: 'must not shrink' },
  ])
  t.strictSame(rules?.check({ replicas: 3, max: 3, nodes: nodes(2) }, { nodes: nodes(2) }), [])
})

t.test('the guide names what there is', async (t) => {
  const [, table = ''] = /\| format \|.*\n((?:\|.*\n)+)/.exec(guide) ?? []
  const rows = table.split('\n').map((row) => row.split('|').map((cell) => cell.trim()))
  const checked = rows.filter(([, , , in31 = '']) => !in31.startsWith('not checked'))
  const names = checked.flatMap(([, cell = '']) =>
    Array.from(cell.matchAll(/`([^`]+)`/g), ([, name]) => name),
  )
  t.strictSame(
    names.sort(),
    [...formats.map(([name]) => name), ...numberFormats, 'int-or-string'].sort(),
    'formats',
  )
  for (const kind of Object.keys(loadDocument()['x-kinds'])) t.match(guide, `\`${kind}Spec\``)
})

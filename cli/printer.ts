/** How answers are printed: as a table, as JSON or YAML, by name, or by a JSONPath. */
import { query } from 'jsonpath-rfc9535'
import { toJson, toYaml } from './exact-values.ts'
import { CliError } from './exit-codes.ts'
import type { Resource } from './session.ts'

/** A column of a table; one that is `wide` is shown by `-o wide` only. */
export interface Column<Row> {
  title: string
  wide?: boolean
  text(row: Row): string | number | undefined
}

/** An answer: the value that programs read, and the rows of its table. */
export interface Shown<Row> {
  value: unknown
  rows: Row[]
  columns: Column<Row>[]
  /** What `-o name` prints of a row. */
  name?(row: Row): string
}

export const formats = ['table', 'wide', 'json', 'yaml', 'name', 'jsonpath='] as const

/** Throws where a format is none of those that there are, before anything is done. */
export function checkFormat(format: string): void {
  if (format.startsWith('jsonpath=') || (formats as readonly string[]).includes(format)) return
  throw new CliError(`-o ${format} is none of ${formats.join(', ')}`, 'usage')
}

/** Prints an answer in a format of `formats`. */
export function print<Row>({ value, rows, columns, name }: Shown<Row>, format = 'table'): void {
  if (format === 'json') write(toJson(value, 2))
  else if (format === 'yaml') write(toYaml(value).trimEnd())
  else if (format.startsWith('jsonpath=')) write(byPath(value, format.slice('jsonpath='.length)))
  else if (format === 'name') {
    if (!name) throw new CliError('-o name is for resources', 'usage')
    for (const row of rows) write(name(row))
  } else if (rows.length) {
    write(
      tableOf(
        rows,
        columns.filter(({ wide }) => !wide || format === 'wide'),
      ),
    )
  } else console.error('nothing found')
}

const write = (text: string) => console.log(text)

function tableOf<Row>(rows: Row[], columns: Column<Row>[]): string {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ text }) => oneLine(String(text(row) ?? '')))),
  ]
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0)))
  return cells
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .join('\n')
}

/** Control characters of a text would move the cursor of a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced.
const oneLine = (text: string) => text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ')

/**
 * The values of a JSONPath (RFC 9535), or of a text with such paths in braces as kubectl has it: `{.metadata.name}`. The `$` may
 * be left out; several values of a path are joined by a space. Objects are JSON.
 */
function byPath(value: unknown, template: string): string {
  const text = template.includes('{') ? template : `{${template}}`
  return text.replaceAll(/\{((?:[^{}'"]|'[^']*'|"[^"]*")*)\}/g, (_, path: string) => {
    const literal = /^\s*(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)')\s*$/.exec(path)
    if (literal) return (literal[1] ?? literal[2] ?? '').replaceAll('\\n', '\n').replaceAll('\\t', '\t')
    const rooted = path.trim().replace(/^(?=[.[])/, '$')
    try {
      return query(value as never, rooted)
        .map((found) => (typeof found === 'string' ? found : toJson(found)))
        .join(' ')
    } catch (error) {
      throw new CliError(`${path.trim()} is no JSONPath: ${(error as Error).message.split('\n')[0]}`, 'usage')
    }
  })
}

/** How long ago a time was, in the largest unit that fits. */
export function age(time: string | undefined, now = Date.now()): string {
  if (!time) return ''
  const seconds = Math.max(0, Math.round((now - Date.parse(time)) / 1000))
  for (const [unit, size] of [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
  ] as const)
    if (seconds >= size * 2) return `${Math.floor(seconds / size)}${unit}`
  return `${seconds}s`
}

const conditionOf = (resource: Resource, ...types: string[]) =>
  types
    .map((type) => resource.status?.conditions.find((each) => each.type === type)?.status)
    .find((status) => status !== undefined)

const labelsOf = ({ labels }: Resource) =>
  Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(',')

const resourceColumns: Column<Resource>[] = [
  { title: 'NAME', text: ({ name }) => name },
  { title: 'GENERATION', text: ({ generation }) => generation },
  // The second names are those of servers and clients of an older generation.
  { title: 'RECONCILED', text: (each) => conditionOf(each, 'Reconciled', 'Ready') },
  { title: 'AVAILABLE', text: (each) => conditionOf(each, 'LastKnownReconciled', 'Available') },
  { title: 'AGE', text: ({ created_time }) => age(created_time) },
  { title: 'DELETED', text: ({ deleted_time }) => age(deleted_time) },
  { title: 'ID', wide: true, text: ({ id }) => id },
  {
    title: 'PARENT',
    wide: true,
    text: ({ owner_references: owner }) => owner && `${owner.kind}/${owner.id}`,
  },
  { title: 'LABELS', wide: true, text: labelsOf },
  { title: 'CREATED BY', wide: true, text: ({ created_by }) => created_by },
]

const kindColumn: Column<Resource> = { title: 'KIND', text: ({ kind }) => kind }

/** What other commands take for a resource: by its name where that is unique in the kind, else by its id. */
export const nameOf = ({
  kind,
  name,
  id,
  owner_references,
}: Pick<Resource, 'kind' | 'name' | 'id' | 'owner_references'>) =>
  `${kind.toLowerCase()}/${owner_references ? id : name}`

/** One resource, or a list of them. A table has the kind where they are of several, and DELETED where one is marked. */
export function resourcesShown(rows: Resource[], value: unknown): Shown<Resource> {
  const isMixed = new Set(rows.map(({ kind }) => kind)).size > 1
  const isMarked = rows.some(({ deleted_time }) => deleted_time)
  const columns = resourceColumns.filter(({ title }) => title !== 'DELETED' || isMarked)
  return { value, rows, columns: isMixed ? [kindColumn, ...columns] : columns, name: nameOf }
}

/** The words of docs/api.md: schemas and values, said in Markdown. */

/** A schema of the document, as far as the page tells of it. */
export interface Schema {
  $ref?: string
  type?: string
  format?: string
  description?: string
  default?: unknown
  enum?: string[]
  nullable?: boolean
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  maxItems?: number
  pattern?: string
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  example?: unknown
  'x-max-depth'?: number
  'x-max-bytes'?: number
  'x-unique-by'?: string
  'x-codes'?: Record<string, string>
}
export const code = (text: string) => `\`${text}\``
export const codes = (texts: string[]) => texts.map(code).join(', ')
export const table = (head: string[], rows: string[][]) => {
  const [titles, ...lines] = [head, ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return [titles, `|${head.map(() => '---|').join('')}`, ...lines].join('\n')
}

/** A text within a cell: one line, in which nothing is taken for a border or for HTML. */
export const cell = (text = '') =>
  text
    .trim()
    .replace(/\n+/g, ' ')
    .replaceAll('|', '\\|')
    .replace(/`[^`]*`|</g, (found) => (found === '<' ? '\\<' : found))
export const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-')
export const link = (heading: string) => `[${heading}](#${anchor(heading)})`
export const fenced = (language: string, text: string) => `\`\`\`${language}\n${text}\n\`\`\``

/** JSON for readers: a value that fits into a line stands on one. */
export function json(value: unknown, indent = ''): string {
  const inline = spaced(value)
  if (inline.length + indent.length <= 100 || typeof value !== 'object' || value === null) return inline
  const inner = `${indent}  `
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  const lines = Array.isArray(value)
    ? value.map((item) => `${inner}${json(item, inner)}`)
    : Object.entries(value).map(([name, member]) => `${inner}${JSON.stringify(name)}: ${json(member, inner)}`)
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`
}

function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${spaced(member)}`)
  return members.length ? `{ ${members.join(', ')} }` : '{}'
}

const bounds = (least: number | undefined, most: number | undefined, what = '') => {
  if (least === undefined && most === undefined) return ''
  if (least === undefined) return ` of at most ${most}${what}`
  if (most === undefined) return ` of at least ${least}${what}`
  return ` from ${least} to ${most}${what}`
}

/** The type and the limits of a value, in words. */
export function type(schema: Schema): string {
  if (schema.$ref) return link(schema.$ref.split('/').at(-1) ?? '')
  if (schema['x-codes']) return `one of the ${link('Codes')}`
  const isTime = schema.format === 'date-time'
  const words = schema.enum
    ? codes(schema.enum)
    : schema.type === 'array'
      ? `list of ${type(schema.items ?? {})}${bounds(undefined, schema.maxItems)}`
      : schema.type === 'object' && typeof schema.additionalProperties === 'object'
        ? `object; each value: ${type(schema.additionalProperties)}`
        : isTime
          ? 'time'
          : schema.type === 'string'
            ? `text${bounds(schema.minLength, schema.maxLength, ' characters')}`
            : `${schema.type ?? 'anything'}${bounds(schema.minimum, schema.maximum)}`
  return [
    words,
    schema.pattern && `matching ${code(schema.pattern)}`,
    schema['x-max-depth'] && `at most ${schema['x-max-depth']} deep`,
    schema['x-max-bytes'] && `at most ${schema['x-max-bytes']} bytes`,
    schema['x-unique-by'] && `each ${code(schema['x-unique-by'])} once`,
    schema.nullable && 'or null',
  ]
    .filter(Boolean)
    .join(', ')
}

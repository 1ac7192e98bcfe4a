import { type InspectOptions, inspect, isDeepStrictEqual } from 'node:util'
import type { Queries } from '../../generated/sql.ts'
import type { ConditionRule } from '../conditions/condition-rule.ts'
import type { Config } from '../config/schema.ts'
import { type Kinds, parentsFirst } from '../openapi/kinds.ts'

/** The descriptor of a kind as the database keeps it. */
export type KindRow = Queries['upsert_kind']['parameters']

/** The rows of the configured kinds, each after that of its parent, as `migrate` writes them. */
export function kindRows(kinds: Kinds, { entities, conditions }: Config): KindRow[] {
  return parentsFirst(kinds).map(([kind, descriptor]) => ({
    kind,
    plural: descriptor.plural,
    base_path: descriptor.base_path,
    parent_kind: descriptor.parent_kind ?? null,
    on_parent_delete: descriptor.on_parent_delete ?? null,
    required_adapters: entities.find((entity) => entity.kind === kind)?.required_adapters ?? null,
    reference_types: JSON.stringify(descriptor.references ?? []),
    generation_on: descriptor.generation_on ?? 'spec',
    older_names: conditions.older_names,
    condition_rules: JSON.stringify(rulesOf(entities.find((entity) => entity.kind === kind)?.conditions)),
  }))
}

type Entity = Config['entities'][number]

/** The rules of a kind, by type. */
const rulesOf = (conditions: Entity['conditions'] = []): ConditionRule[] =>
  conditions
    .map(({ type, when, output: { status, reason, message } }) => ({
      type,
      when: when.expression,
      status: status.expression,
      reason: reason.expression,
      message: message.expression,
    }))
    .sort((one, other) => (one.type < other.type ? -1 : 1))

/**
 * The differences between a configuration and the database: one line for each kind that is configured, and one for those of
 * the database that are not. Every member of a row is compared; JSON by its value. Empty when they are equal.
 */
export function kindDifferences(configured: KindRow[], stored: KindRow[]): string[] {
  const lines = configured.flatMap((own) => {
    const known = stored.find(({ kind }) => kind === own.kind)
    return known ? memberDifferences(own, known) : [missing(own)]
  })
  const others = stored.filter(({ kind }) => !configured.some((own) => own.kind === kind))
  if (!others.length) return lines
  const names = others.map(({ kind }) => kind).join(', ')
  return [
    ...lines,
    `kinds of the database that are not configured: ${names}. Only /resources reaches their resources: ` +
      'add their entries to `entities`, or run `migrate`, which forgets kinds without resources',
  ]
}

const missing = ({ kind }: KindRow) =>
  `the kind ${kind} is configured and not in the database, so none can be created: run \`migrate\` with this configuration`

function memberDifferences(configured: KindRow, stored: KindRow): string[] {
  const members = (Object.keys(configured) as (keyof KindRow)[]).flatMap((member) => {
    const [own, known] = [configured, stored].map((row) => comparable(row, member))
    if (isDeepStrictEqual(own, known)) return []
    return [`${settingOf[member] ?? member} is ${show(known)} in the database and ${show(own)} here`]
  })
  if (!members.length) return []
  return [
    `the kind ${configured.kind} differs: ${members.join('; ')}. The database is followed: run \`migrate\` with this ` +
      'configuration, or give this server the one that the database was migrated with',
  ]
}

/** The members of a row that the configuration has under another name. */
const settingOf: { [Member in keyof KindRow]?: string } = {
  reference_types: 'references',
  older_names: 'conditions.older_names',
  condition_rules: 'conditions',
}

const comparable = (row: KindRow, member: keyof KindRow): unknown =>
  member === 'reference_types' || member === 'condition_rules' ? JSON.parse(row[member]) : row[member]

/** On one line, and without the double quotes that a log in JSON would escape. */
const onOneLine: InspectOptions = {
  breakLength: Number.POSITIVE_INFINITY,
  compact: true,
  depth: null,
  maxArrayLength: null,
  sorted: true,
}

const show = (value: unknown) => (value === null ? 'not set' : inspect(value, onOneLine))

/**
 * The cases of test/data/cel.json: expressions with what cel-go gives for them (test/cel/oracle), and where ours gives
 * something else on purpose, with that.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EvaluationError, ExpressionError } from '../../cel/cel-errors.ts'
import {
  Duration,
  keysOf,
  type MapLike,
  Optional,
  Timestamp,
  TypeName,
  Uint,
  type Value,
  valueAt,
} from '../../cel/cel-values.ts'
import { compileExpression } from '../../cel/expression.ts'
import { timestampText } from '../../cel/instants.ts'
import { root } from '../processes.ts'

/** A value as the file writes it, or the step that fails. */
export type Outcome = { result: unknown } | { error: 'compile' | 'evaluation' }

export interface Case {
  name: string
  expression: string
  /** The variables: the name of an entry of `data`. */
  data: string
  /** What cel-go gives. */
  result?: unknown
  error?: 'compile' | 'evaluation'
  /** The row of the table in docs/conditions.md that tells the difference, and what ours gives. */
  differs?: string
  ours?: Outcome
}

export interface Corpus {
  data: Record<string, Record<string, unknown>>
  cases: Case[]
}

export const corpusFile = join(root, 'test/data/cel.json')

export const readCorpus = (): Corpus => JSON.parse(readFileSync(corpusFile, 'utf8'))

/** Writes the file with a line for each case. */
export function writeCorpus({ data, cases }: Corpus): void {
  const lines = (values: string[]) => values.map((each) => `    ${each}`).join(',\n')
  const entries = Object.entries(data).map(
    ([name, each]) => `${JSON.stringify(name)}: ${JSON.stringify(each)}`,
  )
  const text = `{
  "data": {
${lines(entries)}
  },
  "cases": [
${lines(cases.map((each) => JSON.stringify(each)))}
  ]
}
`
  writeFileSync(corpusFile, text)
}

/** What cel-go gives for a case. */
export const given = ({ result = null, error }: Case): Outcome => (error ? { error } : { result })

/** What ours gives for an expression; throws for errors that are neither of ours. */
export function outcome(expression: string, variables: Record<string, unknown>): Outcome {
  try {
    return { result: written(compileExpression(expression, Object.keys(variables)).evaluate(variables)) }
  } catch (error) {
    if (error instanceof ExpressionError) return { error: 'compile' }
    if (error instanceof EvaluationError) return { error: 'evaluation' }
    throw error
  }
}

/**
 * A value as the file writes it: null, bools, texts and lists as JSON, all others as an object of one member, which names
 * the type. Numbers but doubles are texts, bytes are hexadecimal, durations nanoseconds, timestamps in UTC, maps lists of
 * pairs, and optionals lists of one or no value.
 */
export function written(value: Value): unknown {
  switch (typeof value) {
    case 'boolean':
    case 'string':
      return value
    case 'bigint':
      return { int: String(value) }
    case 'number':
      return { double: writtenDouble(value) }
  }
  if (value === null) return null
  if (Array.isArray(value)) return value.map(written)
  if (value instanceof Uint) return { uint: String(value.value) }
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') }
  if (value instanceof Timestamp) return { timestamp: timestampText(new Timestamp(value.nanoseconds, 0)) }
  if (value instanceof Duration) return { duration: String(value.nanoseconds) }
  if (value instanceof TypeName) return { type: value.name }
  if (value instanceof Optional) return { optional: value.value === undefined ? [] : [written(value.value)] }
  const map = value as MapLike
  const entries = keysOf(map).map((key) => [written(key), written(valueAt(map, key) as Value)])
  const keyText = ([key]: unknown[]) => JSON.stringify(key)
  return { map: entries.sort((one, other) => (keyText(one) < keyText(other) ? -1 : 1)) }
}

function writtenDouble(value: number): number | string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  return Object.is(value, -0) ? '-0' : value
}

import type { FastifyRequest } from 'fastify'
import { joinPath } from '../lib/json-values.ts'
import { MAX_VIOLATIONS, Problem, type Violation } from '../problem.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

/** A parsed body and the text it was parsed from: numbers survive only in the text. */
export interface Json {
  text: string
  value: unknown
}

export interface ParsedBody {
  /** Undefined when the body is empty or malformed. */
  json?: Json | undefined
  /** Why the body is no JSON in UTF-8: VAL-006. Thrown by the route, which may have something to refuse before. */
  malformed?: Problem | undefined
}

/** Parses a body, its text by `parse`; an empty one gives neither member. */
export function parseJson(bytes: Buffer, parse: (text: string) => unknown): ParsedBody {
  if (!bytes.length) return {}
  try {
    const text = decoder.decode(bytes)
    return { json: { text, value: parse(text) } }
  } catch (error) {
    return { malformed: new Problem('VAL-006', `The body is not JSON: ${(error as Error).message}`) }
  }
}

interface Node {
  value: unknown
  key: string | number
  parent?: Node
}

/** Every value in a body, however deep, without recursion. */
function* walk(root: unknown): Generator<Node> {
  const pending: Node[] = [{ value: root, key: '' }]
  for (let node = pending.pop(); node; node = pending.pop()) {
    yield node
    const { value } = node
    if (Array.isArray(value)) {
      for (let key = value.length - 1; key >= 0; key--) pending.push({ value: value[key], key, parent: node })
    } else if (typeof value === 'object' && value !== null) {
      for (const key of Object.keys(value).reverse()) {
        pending.push({ value: (value as Record<string, unknown>)[key], key, parent: node })
      }
    }
  }
}

/**
 * Values that PostgreSQL cannot store, or would store as something else: NUL and lone surrogates in texts and
 * names of members, the member __proto__, and numbers that are too large, or that are lost between zero and
 * the smallest double.
 */
export function unstorable({ text, value }: Json): Violation[] {
  if (text.startsWith('{') && !isSuspicious(text)) return []
  const violations: Violation[] = []
  for (const node of walk(value)) {
    const fault =
      node.key === '__proto__'
        ? 'must not be called __proto__'
        : textFault(node.key) || textFault(node.value) || numberFault(node.value)
    if (fault) violations.push({ field: pathOf(node), message: fault, constraint: 'storable' })
    // Each costs a path, and no more are told.
    if (violations.length === MAX_VIOLATIONS) return violations
  }
  return [...violations, ...writtenNumbers(text)]
}

/**
 * Whether the text of an object has what every value that cannot be stored has: an escaped character, the forbidden name, a number with
 * an exponent, or one of more digits than a double has before its point. Hardly any has, and its values need not be walked.
 */
const isSuspicious = (text: string) =>
  text.includes('\\u') || text.includes('__proto__') || /\d[eE][-+]?\d/.test(text) || /\D\d{300}/.test(text)

function textFault(text: unknown): string | undefined {
  if (typeof text !== 'string') return
  if (text.includes('\0')) return 'must not contain the character NUL'
  if (!text.isWellFormed()) return 'must not contain a lone surrogate'
  return
}

const numberFault = (value: unknown) =>
  typeof value === 'number' && !Number.isFinite(value) ? 'must not exceed the range of a double' : undefined

const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?[eE][-+]?\d+/g
const MAX_WRITTEN_OUT = 1024 * 1024

/** Faults that only the text shows: PostgreSQL keeps numbers digit by digit, so 1e308 takes 309 of them. */
function writtenNumbers(text: string): Violation[] {
  // Hardly any body has an exponent at all.
  if (!/\d[eE][-+]?\d/.test(text)) return []
  const violations: Violation[] = []
  let digits = 0
  for (const [token] of text.matchAll(tokens)) {
    if (token.startsWith('"')) continue
    const [mantissa = '', exponent = ''] = token.toLowerCase().split('e')
    if (Number(token) === 0 && /[1-9]/.test(mantissa)) {
      violations.push({
        field: '',
        message: `the number ${token} is too small for a double`,
        constraint: 'storable',
      })
    }
    digits += Math.min(Math.abs(Number(exponent)), 1024)
  }
  if (digits > MAX_WRITTEN_OUT) {
    violations.push({
      field: '',
      message: `the numbers are too long when written out: more than ${MAX_WRITTEN_OUT} digits`,
      constraint: 'storable',
    })
  }
  return violations
}

/** The path of a value; of one that is very deep, the outermost part. */
function pathOf(node: Node): string {
  const keys: (string | number)[] = []
  for (let at: Node | undefined = node; at?.parent; at = at.parent) keys.push(at.key)
  return joinPath(keys.slice(-MAX_PATH).reverse())
}

const MAX_PATH = 128

/** The media type of a body, without its parameters. */
export const mediaTypeOf = ({ headers }: { headers: { 'content-type'?: string } }): string =>
  headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? ''

/** The body as it was sent: parsed and written again, its numbers could be others. */
export const textOf = ({ json }: Pick<FastifyRequest, 'json'>): string => json?.text ?? ''

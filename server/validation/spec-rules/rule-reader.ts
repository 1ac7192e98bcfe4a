import { ExpressionError } from '../../../cel/cel-errors.ts'
import { compileExpression, type Expression } from '../../../cel/expression.ts'
import { DYN, optionalOf, type Type } from '../../../cel/static-types.ts'
import { isMapping, RULES, SchemaFault } from '../spec-schemas/bundle.ts'
import type { Schema } from '../spec-schemas/spec-schema.ts'
import { fieldPathOf } from './field-path.ts'
import { unescapedName } from './member-names.ts'
import { REASONS, type Reason, type Rule } from './rule.ts'

const MEMBERS = ['rule', 'message', 'messageExpression', 'reason', 'fieldPath', 'optionalOldSelf']

/**
 * The rules that a schema has, compiled. `at` is the place of the schema, and `hasField` tells whether a path leads to a
 * value that it knows. Throws a SchemaFault that names place, rule and reason.
 */
export function rulesOf(schema: Schema, at: string, hasField: HasField): Rule[] {
  const rules = schema[RULES]
  if (rules === undefined) return []
  if (!Array.isArray(rules)) throw new SchemaFault(`${at}/${RULES} is not a list`)
  return rules.map((rule, index) => ruleOf(rule, `${at}/${RULES}/${index}`, hasField))
}

type HasField = (path: readonly (string | number)[]) => boolean

function ruleOf(given: unknown, at: string, hasField: HasField): Rule {
  if (!isMapping(given)) throw new SchemaFault(`${at} is not a mapping`)
  const unknown = Object.keys(given).find((name) => !MEMBERS.includes(name))
  if (unknown) throw new SchemaFault(`${at}/${unknown} is unknown; a rule has ${MEMBERS.join(', ')}`)
  const { optionalOldSelf: isOptional = false, reason = REASONS[0] } = given
  const text = textOf(given, 'rule', at)
  if (text === undefined) throw new SchemaFault(`${at} has no rule`)
  const message = textOf(given, 'message', at)
  const isBroken = (line: string | undefined) => line !== undefined && /[\n\r]/.test(line)
  if (isBroken(message)) throw new SchemaFault(`${at}/message has a line break`)
  const messageText = textOf(given, 'messageExpression', at)
  if (isBroken(text) && message === undefined)
    throw new SchemaFault(`${at} has a rule of several lines, and needs a message`)
  if (!isReason(reason))
    throw new SchemaFault(
      `${at}/reason is ${JSON.stringify(reason)}, and must be one of ${REASONS.join(', ')}`,
    )
  if (typeof isOptional !== 'boolean') throw new SchemaFault(`${at}/optionalOldSelf must be true or false`)

  const expression = compiled(text, ['self', 'oldSelf'], `${at}/rule`, isOptional)
  if (!['bool', 'dyn'].includes(expression.type))
    throw new SchemaFault(`${at}/rule ${quoted(text)}: it must give a bool, and gives ${expression.type}`)
  const isTransition = expression.uses.has('oldSelf')
  if (isOptional && !isTransition)
    throw new SchemaFault(
      `${at}/optionalOldSelf has no effect: the rule ${quoted(text)} does not use oldSelf`,
    )
  const variables = isTransition ? ['self', 'oldSelf'] : ['self']
  const messageExpression =
    messageText === undefined
      ? undefined
      : compiled(messageText, variables, `${at}/messageExpression`, isOptional)
  if (messageExpression && !['string', 'dyn'].includes(messageExpression.type))
    throw new SchemaFault(
      `${at}/messageExpression ${quoted(messageText ?? '')}: it must give a string, and gives ${messageExpression.type}`,
    )
  return {
    text,
    expression,
    message: message ?? `failed rule: ${text}`,
    messageExpression,
    reason,
    path: pathOf(given, at, hasField),
    isTransition,
    isOptional,
  }
}

/** A member that is a text, without the space around it; undefined when there is none. */
function textOf(rule: { [name: string]: unknown }, name: string, at: string): string | undefined {
  const text = rule[name]
  if (text === undefined) return undefined
  if (typeof text !== 'string' || !text.trim())
    throw new SchemaFault(`${at}/${name} must be a text, and not empty`)
  return text.trim()
}

const isReason = (reason: unknown): reason is Reason => REASONS.includes(reason as Reason)

function compiled(text: string, variables: string[], at: string, isOptional: boolean): Expression {
  try {
    const types: Record<string, Type> = isOptional ? { oldSelf: optionalOf(DYN) } : {}
    return compileExpression(text, variables, { types, memberOf: unescapedName, without: NOT_OF_KUBERNETES })
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    throw new SchemaFault(`${at} ${quoted(text)}: ${error.message}`)
  }
}

/** Functions of expressions of conditions only. */
const NOT_OF_KUBERNETES = ['toJson', 'dig']

/** An expression in one line. */
const quoted = (text: string) => JSON.stringify(text)

function pathOf(rule: { fieldPath?: unknown }, at: string, hasField: HasField): (string | number)[] {
  const { fieldPath } = rule
  if (fieldPath === undefined) return []
  const path = typeof fieldPath === 'string' ? fieldPathOf(fieldPath) : undefined
  if (!path)
    throw new SchemaFault(
      `${at}/fieldPath is ${JSON.stringify(fieldPath)}, and must be a path such as .a.b, .list[0] or ['a.b']`,
    )
  if (!hasField(path))
    throw new SchemaFault(`${at}/fieldPath is ${fieldPath}, and its schema has no such field`)
  return path
}

import { EvaluationError, ExpressionError } from './cel-errors.ts'
import { isKey, MapValue, NONE, Optional, TypeName, typeOf, type Value } from './cel-values.ts'
import { attempt, type Compiled, type Evaluation, type Run } from './evaluation.ts'
import { functions, hasType, type Overload } from './functions.ts'
import { compileMacro } from './macros.ts'
import { elementOf, noOverload, operations } from './operators.ts'
import {
  BOOL,
  DYN,
  Inference,
  isSame,
  listOf,
  mapOf,
  optionalOf,
  type Signature,
  type Type,
  typeFrom,
  type as typeNamed,
  typesFrom,
  typeText,
} from './static-types.ts'
import { MAX_DEPTH, type Node, type Operator } from './syntax/expression-parser.ts'

interface Variable {
  slot: number
  type: Type
}

/** The meaning of names in an expression. */
export interface Names {
  /** The types of variables that are not dynamic. */
  types?: { [variable: string]: Type }
  /** The name of the member that a name after a dot stands for. */
  memberOf?: (name: string) => string
  /** The functions that are not there. */
  without?: readonly string[]
}

const TYPES = ['bool', 'bytes', 'double', 'int', 'list', 'map', 'null_type', 'string', 'type', 'uint']
const TYPE_NAMES = new Map(
  [...TYPES, 'google.protobuf.Timestamp', 'google.protobuf.Duration', 'optional_type'].map((name) => [
    name,
    new TypeName(name),
  ]),
)

const signature = (text: string): Signature => {
  const [parameters = '', result = ''] = text.split('->')
  return { parameters: typesFrom(parameters), result: typeFrom(result) }
}
const both = (types: string) => types.split(' ').map((each) => `${each}, ${each} -> ${each}`)
const order = 'bool int uint double string bytes timestamp duration'
  .split(' ')
  .map((each) => signature(`${each}, ${each} -> bool`))
/** Numbers of two types: cel-go takes them only from the first macro on, and where a type is not known. */
const orderAcrossTypes = ['int, uint', 'int, double', 'uint, double']
  .flatMap((each) => [each, each.split(', ').reverse().join(', ')])
  .map((each) => signature(`${each} -> bool`))
const equality = [signature('A, A -> bool')]

/** The types that operators take, in the order of cel-go. */
const OPERATORS: Record<Operator, Signature[]> = {
  '+': [
    ...both('bytes double duration'),
    'duration, timestamp -> timestamp',
    'timestamp, duration -> timestamp',
    ...both('int'),
    'list(A), list(A) -> list(A)',
    ...both('string uint'),
  ].map(signature),
  '-': [
    ...both('double duration int'),
    'timestamp, duration -> timestamp',
    'timestamp, timestamp -> duration',
    ...both('uint'),
  ].map(signature),
  '*': both('double int uint').map(signature),
  '/': both('double int uint').map(signature),
  '%': both('int uint').map(signature),
  '==': equality,
  '!=': equality,
  '<': order,
  '<=': order,
  '>': order,
  '>=': order,
  in: ['A, list(A) -> bool', 'A, map(A, B) -> bool'].map(signature),
  '!': [signature('bool -> bool')],
  negate: ['double -> double', 'int -> int'].map(signature),
}
const INDEX = [
  'list(A), int -> A',
  'map(A, B), A -> B',
  'optional(list(A)), int -> optional(A)',
  'optional(map(A, B)), A -> optional(B)',
].map(signature)
const OPTIONAL_INDEX = [
  'list(A), int -> optional(A)',
  'map(A, B), A -> optional(B)',
  'optional(list(A)), int -> optional(A)',
  'optional(map(A, B)), A -> optional(B)',
].map(signature)
const CONDITIONAL = [signature('bool, A, A -> A')]

/** Compiles trees of one expression. Its methods throw an ExpressionError for a tree that cannot be evaluated. */
export class Compiler {
  readonly inference = new Inference()
  /** The variables of the expression that have been compiled. */
  readonly used = new Set<string>()
  private readonly text: string
  private readonly memberOf: (name: string) => string
  private readonly without: readonly string[]
  private readonly variables = new Map<string, Variable>()
  private readonly own: number
  private slots: number
  private depth = 0
  /** Whether a macro has been met: from there on cel-go takes numbers of two types. */
  private hasMacro = false

  /** The values of the variables named are in the slots of their order. */
  constructor(
    text: string,
    variables: readonly string[],
    { types = {}, memberOf = (name) => name, without = [] }: Names = {},
  ) {
    this.text = text
    this.memberOf = memberOf
    this.without = without
    variables.forEach((name, slot) => {
      this.variables.set(name, { slot, type: (Object.hasOwn(types, name) && types[name]) || DYN })
    })
    this.own = variables.length
    this.slots = variables.length
  }

  error(reason: string, { position }: { position: number }): ExpressionError {
    return new ExpressionError(reason, this.text, position)
  }

  /** Compiles the body of a macro, in which one more variable is known; gives its slot, too. */
  within(name: string, type: Type, body: Node): Compiled & { slot: number } {
    const outer = this.variables.get(name)
    const slot = this.slots++
    this.variables.set(name, { slot, type })
    this.hasMacro = true
    const compiled = this.compile(body)
    if (outer) this.variables.set(name, outer)
    else this.variables.delete(name)
    return { ...compiled, slot }
  }

  /** Throws an ExpressionError unless a value of the type can be a bool. */
  expectBool({ type }: Compiled, node: Node): void {
    if (!this.inference.fits([type], [BOOL]))
      throw this.error(`expected bool, got ${typeText(this.inference.known(type))}`, node)
  }

  /** The type of the result of the overloads that take the types given; throws an ExpressionError when there is none. */
  resolve(name: string, overloads: readonly Signature[], given: readonly Type[], node: Node): Type {
    let result: Type | undefined
    for (const overload of overloads) {
      const instance = this.inference.instance(overload)
      if (!this.inference.fits(given, instance.parameters)) continue
      const found = this.inference.known(instance.result)
      if (!result) result = found
      else if (!isSame(result, found)) result = DYN
    }
    if (result) return result
    const types = given.map((each) => typeText(this.inference.known(each)))
    throw this.error(`no such overload: ${name}(${types.join(', ')})`, node)
  }

  compile(node: Node): Compiled {
    if (this.depth > MAX_DEPTH) throw this.error(`more than ${MAX_DEPTH} levels of operations`, node)
    this.depth++
    const compiled = this.compileNode(node)
    this.depth--
    return compiled
  }

  private compileNode(node: Node): Compiled {
    switch (node.kind) {
      case 'literal':
        return { type: typeNamed(typeOf(node.value)), run: () => node.value }
      case 'name':
        return this.name(node.name, node)
      case 'select':
        return this.select(node)
      case 'has':
        return this.has(node)
      case 'index':
        return this.index(node)
      case 'operator':
        return this.operator(node)
      case 'logical':
        return this.logical(node)
      case 'conditional':
        return this.conditional(node)
      case 'list':
        return this.list(node)
      case 'map':
        return this.map(node)
      case 'call':
        return this.call(node)
      case 'macro':
        return compileMacro(this, node)
    }
  }

  private name(name: string, node: Node): Compiled {
    const variable = this.variables.get(name)
    const typeName = TYPE_NAMES.get(name)
    if (!variable && typeName) return { type: typeNamed('type', typeNamed(name)), run: () => typeName }
    if (!variable)
      throw this.error(`unknown variable ${name}, there are ${[...this.variables.keys()].join(', ')}`, node)
    const { slot, type } = variable
    if (slot < this.own) this.used.add(name)
    const run = (evaluation: Evaluation) => {
      evaluation.charge(1)
      const value = evaluation.slots[slot]
      if (value === undefined) throw new EvaluationError(`no value of the variable ${name}`)
      return value
    }
    return { type, run }
  }

  private select(node: Node & { kind: 'select' }): Compiled {
    const { optional } = node
    const field = this.memberOf(node.field)
    const qualified = optional ? undefined : qualifiedName(node)
    if (qualified && TYPE_NAMES.has(qualified) && !this.variables.has(qualified.split('.')[0] ?? ''))
      return this.name(qualified, node)
    const operand = this.compile(node.operand)
    const { type, isOptional } = this.memberType(operand, node)
    const missing = new EvaluationError(`no such key: ${field}`)
    const { run } = operand
    const required = (evaluation: Evaluation) => {
      const value = run(evaluation)
      evaluation.charge(1)
      if (value instanceof Optional) return memberOf(value.value, field)
      const found = elementOf(value, field)
      if (found === undefined) throw missing
      return found
    }
    const absent = (evaluation: Evaluation) => {
      const value = run(evaluation)
      evaluation.charge(1)
      return memberOf(value instanceof Optional ? value.value : value, field)
    }
    if (optional || isOptional) return { type: optionalOf(type), run: optional ? absent : required }
    return { type, run: required }
  }

  /** The type that members of an operand have. */
  private memberType(operand: Compiled, node: Node): { type: Type; isOptional: boolean } {
    const known = this.inference.known(operand.type)
    const isOptional = known.name === 'optional_type'
    const target = isOptional ? (known.parameters[0] as Type) : known
    if (target.name === 'map') return { type: target.parameters[1] as Type, isOptional }
    // An unknown type is dyn from here on.
    if (!this.inference.fits([DYN], [target]) || !(target.name === 'dyn' || target.name.startsWith('?')))
      throw this.error(`${typeText(target)} has no members`, node)
    return { type: DYN, isOptional }
  }

  private has(node: Node & { kind: 'has' }): Compiled {
    const field = this.memberOf(node.field)
    const operand = this.compile(node.operand)
    this.memberType(operand, node)
    const run = (evaluation: Evaluation) => {
      const value = operand.run(evaluation)
      evaluation.charge(1)
      if (!(value instanceof Optional)) return elementOf(value, field) !== undefined
      return value.value !== undefined && elementOf(value.value, field) !== undefined
    }
    return { type: BOOL, run }
  }

  private index(node: Node & { kind: 'index' }): Compiled {
    const [operand, index] = [this.compile(node.operand), this.compile(node.index)]
    const isTypeName = node.index.kind === 'name' && index.type.name === 'type'
    if (isTypeName || (node.index.kind === 'literal' && !isKey(node.index.value)))
      throw this.error(`no member has a key of the type ${typeText(index.type)}`, node.index)
    const overloads = node.optional ? OPTIONAL_INDEX : INDEX
    const type = this.resolve(node.optional ? '_[?_]' : '_[_]', overloads, [operand.type, index.type], node)
    const run = (evaluation: Evaluation) => {
      const value = operand.run(evaluation)
      evaluation.charge(1)
      if (value instanceof Optional && value.value === undefined) return NONE
      const key = index.run(evaluation)
      if (value instanceof Optional) return memberOf(value.value, key)
      if (node.optional) return memberOf(value, key)
      const found = elementOf(value, key)
      if (found !== undefined) return found
      throw new EvaluationError(Array.isArray(value) ? 'index out of bounds' : 'no such key')
    }
    return { type, run }
  }

  private operator(node: Node & { kind: 'operator' }): Compiled {
    const { operator } = node
    const [left, right] = node.operands.map((each) => this.compile(each)) as [Compiled, Compiled?]
    const types = right ? [left.type, right.type] : [left.type]
    const overloads =
      this.hasMacro && OPERATORS[operator] === order ? [...order, ...orderAcrossTypes] : OPERATORS[operator]
    const type = this.resolve(operator === 'negate' ? '-' : operator, overloads, types, node)
    const operation = operations[operator]
    const one = left.run
    const other = right?.run ?? (() => null)
    const run = (evaluation: Evaluation) => {
      const value = one(evaluation)
      const second = other(evaluation)
      evaluation.charge(1)
      return operation(value, second, evaluation)
    }
    return { type, run }
  }

  /** An error of one term does not count when another term decides. */
  private logical(node: Node & { kind: 'logical' }): Compiled {
    const deciding = node.operator === '||'
    const terms = node.terms.map((each) => {
      const term = this.compile(each)
      this.expectBool(term, each)
      return term.run
    })
    const run = (evaluation: Evaluation) => {
      let failure: EvaluationError | undefined
      for (const term of terms) {
        const value = attempt(term, evaluation)
        if (value === deciding) return deciding
        if (value instanceof EvaluationError) failure ??= value
        else if (value !== !deciding) failure ??= noOverload(node.operator, value)
      }
      if (failure) throw failure
      return !deciding
    }
    return { type: BOOL, run }
  }

  private conditional(node: Node & { kind: 'conditional' }): Compiled {
    const parts = [node.condition, node.then, node.otherwise].map((each) => this.compile(each))
    const [condition, then, otherwise] = parts as [Compiled, Compiled, Compiled]
    const types = parts.map((each) => each.type)
    const type = this.resolve('_?_:_', CONDITIONAL, types, node)
    const run = (evaluation: Evaluation) => {
      const value = condition.run(evaluation)
      if (typeof value !== 'boolean') throw noOverload('_?_:_', value)
      return value ? then.run(evaluation) : otherwise.run(evaluation)
    }
    return { type, run }
  }

  /**
   * The type of the elements of a literal; an optional one is of the type of its value. As in cel-go, a name whose type is inferred
   * is no optional, whatever the type is.
   */
  private joined(types: { type: Type; optional: boolean; node: Node }[]): Type {
    let all: Type | undefined
    for (const { type, optional, node } of types) {
      const known = this.inference.known(type)
      const { name } = node.kind === 'name' ? type : known
      if (optional && name !== 'optional_type' && name !== 'dyn')
        throw this.error(`expected an optional, got ${typeText(known)}`, node)
      const element = optional && known.name === 'optional_type' ? (known.parameters[0] as Type) : type
      all = all ? this.inference.joined(all, element) : element
    }
    return all ?? this.inference.variable()
  }

  private list(node: Node & { kind: 'list' }): Compiled {
    const elements = node.elements.map(({ value, optional }) => ({
      ...this.compile(value),
      optional,
      node: value,
    }))
    const run = (evaluation: Evaluation) => {
      evaluation.charge(10)
      const list: Value[] = []
      for (const element of elements) {
        const value = element.run(evaluation)
        if (!element.optional) list.push(value)
        else if (!(value instanceof Optional)) throw new EvaluationError('not an optional')
        else if (value.value !== undefined) list.push(value.value)
      }
      return list
    }
    return { type: listOf(this.joined(elements)), run }
  }

  private map(node: Node & { kind: 'map' }): Compiled {
    const entries = node.entries.map(({ key, value, optional }) => ({
      key: this.compile(key),
      value: this.compile(value),
      optional,
      nodes: { key, value },
    }))
    const keys = entries.map(({ key, nodes }) => ({ type: key.type, optional: false, node: nodes.key }))
    const values = entries.map(({ value, optional, nodes }) => ({
      type: value.type,
      optional,
      node: nodes.value,
    }))
    const run = (evaluation: Evaluation) => {
      evaluation.charge(30)
      const map = new MapValue()
      for (const { key, value, optional } of entries) {
        const [name, content] = [key.run(evaluation), value.run(evaluation)]
        if (!optional) map.set(name, content)
        else if (!(content instanceof Optional)) throw new EvaluationError('not an optional')
        else if (content.value !== undefined) map.set(name, content.value)
      }
      return map
    }
    return { type: mapOf(this.joined(keys), this.joined(values)), run }
  }

  private call(node: Node & { kind: 'call' }): Compiled {
    const { name, receiver } = node
    const qualified = receiver && `${qualifiedName(receiver)}.${name}`
    const isQualified = qualified !== undefined && functions.has(qualified)
    const functionName = isQualified ? qualified : receiver ? `.${name}` : name
    const known = functions.get(functionName)
    const other = receiver ? functions.get(name) : functions.get(`.${name}`)
    if ((!known && !other) || this.without.includes(name)) throw this.error(`unknown function ${name}`, node)
    // As in cel-go, the receiver is the last to be looked at.
    const args = node.args.map((each) => this.compile(each))
    if (receiver && !isQualified) args.unshift(this.compile(receiver))
    const types = args.map((each) => each.type)
    const type = this.resolve(name, known ?? [], types, node)
    const runs = args.map((each) => each.run)
    if (functionName === '.or' || functionName === '.orValue')
      return { type, run: alternative(functionName, runs) }
    return { type, run: dispatch(name, known ?? [], runs) }
  }
}

/** Evaluates the arguments of a function, and runs the overload that takes their values. */
function dispatch(name: string, overloads: readonly Overload[], runs: readonly Run[]): Run {
  const candidates = overloads.filter(({ parameters }) => parameters.length === runs.length)
  return (evaluation) => {
    const args: Value[] = []
    for (const run of runs) args.push(run(evaluation))
    evaluation.charge(1 + lengthOf(args) / 1000)
    for (const { parameters, run } of candidates)
      if (args.every((each, index) => hasType(each, parameters[index] as Type))) return run(args, evaluation)
    throw noOverload(name, ...args)
  }
}

/** How much there is to go through at the most, but in maps. */
function lengthOf(args: readonly Value[]): number {
  let length = 0
  for (const each of args)
    if (typeof each === 'string' || Array.isArray(each) || each instanceof Uint8Array) length += each.length
  return length
}

/** The first optional that has a value, or its value; the second one is evaluated only when it is needed. */
function alternative(name: '.or' | '.orValue', [one, other]: readonly Run[]): Run {
  return (evaluation) => {
    const first = one?.(evaluation) as Value
    if (!(first instanceof Optional)) throw noOverload(name.slice(1), first)
    if (first.value === undefined) return other?.(evaluation) as Value
    return name === '.or' ? first : first.value
  }
}

/** A member or an element as an optional. */
function memberOf(value: Value | undefined, key: Value): Optional {
  const found = value === undefined ? undefined : elementOf(value, key)
  return found === undefined ? NONE : new Optional(found)
}

/** The text of up to three names between dots, or undefined for another tree. */
function qualifiedName(node: Node): string | undefined {
  const names: string[] = []
  let at = node
  for (; at.kind === 'select' && !at.optional && names.length < 2; at = at.operand) names.unshift(at.field)
  return at.kind === 'name' ? [at.name, ...names].join('.') : undefined
}

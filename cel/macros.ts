import { EvaluationError } from './cel-errors.ts'
import { isList, isMap, keysOf, NONE, Optional, type Value } from './cel-values.ts'
import { attempt, type Compiled, type Evaluation, type Run } from './evaluation.ts'
import { noOverload } from './operators.ts'
import { BOOL, DYN, type Inference, listOf, optionalOf, type Type, typeText } from './static-types.ts'
import type { Node } from './syntax/expression-parser.ts'

type MacroNode = Node & { kind: 'macro' }

/** The compiler of the parts of a macro. */
interface Compiler {
  inference: Inference
  compile(node: Node): Compiled
  within(name: string, type: Type, body: Node): Compiled & Body
  expectBool(compiled: Compiled, node: Node): void
  error(reason: string, node: Node): Error
}

interface Body {
  run: Run
  /** Where the element stands. */
  slot: number
}

/** The cost of one pass of a loop, without its evaluations; a pass that adds an element to a list makes a list. */
const PASS = 3
const ELEMENT = 12

/** Compiles a macro: a loop over a list or the keys of a map, or a function of the value of an optional. */
export function compileMacro(compiler: Compiler, node: MacroNode): Compiled {
  const range = compiler.compile(node.range)
  if (node.macro === 'optMap' || node.macro === 'optFlatMap') return optionalMacro(compiler, node, range)
  const element = elementType(compiler, range, node)
  const filter = node.filter && compiler.within(node.variable, element, node.filter)
  const body = compiler.within(node.variable, element, node.body)
  const predicate = filter ?? body
  if (filter || node.macro !== 'map') compiler.expectBool(predicate, node.filter ?? node.body)
  switch (node.macro) {
    case 'all':
    case 'exists':
      return { type: BOOL, run: quantifier(node.macro, range.run, body) }
    case 'exists_one':
      return { type: BOOL, run: exactlyOne(range.run, body) }
    case 'filter':
      return { type: listOf(element), run: transformed(range.run, predicate) }
    case 'map':
      return { type: listOf(body.type), run: transformed(range.run, filter, body) }
  }
}

function elementType(compiler: Compiler, range: Compiled, node: MacroNode): Type {
  const { inference } = compiler
  const known = inference.known(range.type)
  if (known.name === 'list' || known.name === 'map') return known.parameters[0] as Type
  if (known.name !== 'dyn' && !known.name.startsWith('?'))
    throw compiler.error(`${typeText(known)} is neither a list nor a map`, node.range)
  inference.fits([DYN], [known])
  return DYN
}

function elements(run: Run, evaluation: Evaluation): readonly Value[] {
  const range = run(evaluation)
  if (isList(range)) return range
  if (!isMap(range)) throw new EvaluationError('neither a list nor a map')
  const keys = keysOf(range)
  evaluation.charge(keys.length / 20)
  return keys
}

/** Whether a predicate is true of all elements, or of one. An error counts only when no other element decides. */
function quantifier(macro: 'all' | 'exists', range: Run, { run, slot }: Body): Run {
  const deciding = macro === 'exists'
  return (evaluation) => {
    let failure: EvaluationError | undefined
    for (const element of elements(range, evaluation)) {
      evaluation.charge(PASS)
      evaluation.slots[slot] = element
      const value = attempt(run, evaluation)
      if (value === deciding) return deciding
      if (value instanceof EvaluationError) failure ??= value
      else if (value !== !deciding) failure ??= noOverload(macro, value)
    }
    if (failure) throw failure
    return !deciding
  }
}

function exactlyOne(range: Run, body: Body): Run {
  return (evaluation) => {
    let count = 0
    for (const element of elements(range, evaluation)) if (isTrue(body, element, evaluation)) count++
    return count === 1
  }
}

/** The elements for which the filter is true, or the results of the body for them. */
function transformed(range: Run, filter: Body | undefined, body?: Body): Run {
  return (evaluation) => {
    evaluation.charge(10)
    const list: Value[] = []
    for (const element of elements(range, evaluation)) {
      if (filter && !isTrue(filter, element, evaluation)) continue
      evaluation.charge(ELEMENT)
      if (body) evaluation.slots[body.slot] = element
      list.push(body ? body.run(evaluation) : element)
    }
    return list
  }
}

function isTrue({ run, slot }: Body, element: Value, evaluation: Evaluation): boolean {
  evaluation.charge(PASS)
  evaluation.slots[slot] = element
  const value = run(evaluation)
  if (typeof value !== 'boolean') throw noOverload('_?_:_', value)
  return value
}

/** `optMap` makes an optional of the result of the body, `optFlatMap` returns that result. */
function optionalMacro(compiler: Compiler, node: MacroNode, range: Compiled): Compiled {
  const { inference } = compiler
  const element = inference.variable()
  if (!inference.fits([range.type], [optionalOf(element)]))
    throw compiler.error(`expected an optional, got ${typeText(inference.known(range.type))}`, node.range)
  const body = compiler.within(node.variable, inference.known(element), node.body)
  const isFlat = node.macro === 'optFlatMap'
  const type = isFlat ? body.type : optionalOf(body.type)
  if (isFlat && !inference.fits([body.type], [optionalOf(inference.variable())]))
    throw compiler.error(`expected an optional, got ${typeText(inference.known(body.type))}`, node.body)
  const run = (evaluation: Evaluation) => {
    const value = range.run(evaluation)
    if (!(value instanceof Optional)) throw noOverload('hasValue', value)
    if (value.value === undefined) return NONE
    evaluation.charge(PASS + 10)
    evaluation.slots[body.slot] = value.value
    const result = body.run(evaluation)
    return isFlat ? result : new Optional(result)
  }
  return { type, run }
}

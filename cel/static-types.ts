/**
 * A type that an expression has before it is evaluated. Its name is the one that `type` returns, `dyn` for a type that only
 * the evaluation knows, or a variable (`?0`) for one that is inferred.
 */
export interface Type {
  readonly name: string
  readonly parameters: readonly Type[]
  /** How many names its text has. */
  readonly size: number
}

/** The parameters and the result of a function, with variables of their own. */
export interface Signature {
  readonly parameters: readonly Type[]
  readonly result: Type
}

/** A type of more names is dyn: literals in each other could make one that takes forever to compare. */
const MAX_SIZE = 500

export function type(name: string, ...parameters: Type[]): Type {
  const size = parameters.reduce((sum, each) => sum + each.size, 1)
  return size > MAX_SIZE ? DYN : { name, parameters, size }
}

export const DYN: Type = { name: 'dyn', parameters: [], size: 1 }
export const BOOL = type('bool')
export const INT = type('int')
export const STRING = type('string')
export const listOf = (element: Type): Type => type('list', element)
export const mapOf = (key: Type, value: Type): Type => type('map', key, value)
export const optionalOf = (value: Type): Type => type('optional_type', value)

const FULL_NAMES: Record<string, string> = {
  timestamp: 'google.protobuf.Timestamp',
  duration: 'google.protobuf.Duration',
  optional: 'optional_type',
}

/** A type as a signature writes it: `map(A, list(int))`, capital letters being variables. */
export function typeFrom(text: string): Type {
  const [, name = '', inner] = /^\s*(\w+)(?:\((.*)\))?\s*$/.exec(text) ?? []
  if (/^[A-Z]$/.test(name)) return type(`?${name}`)
  return type(FULL_NAMES[name] ?? name, ...(inner === undefined ? [] : typesFrom(inner)))
}

/** Types between commas. */
export function typesFrom(text: string): Type[] {
  const types: Type[] = []
  let [depth, from] = [0, 0]
  for (let at = 0; at <= text.length; at++) {
    if (text[at] === '(') depth++
    if (text[at] === ')') depth--
    if (at < text.length && (text[at] !== ',' || depth > 0)) continue
    if (text.slice(from, at).trim()) types.push(typeFrom(text.slice(from, at)))
    from = at + 1
  }
  return types
}

/** A type as cel-go writes it in messages. */
export function typeText(of: Type): string {
  if (isVariable(of)) return 'dyn'
  const { name, parameters } = of
  const short = name.replace(/^google\.protobuf\./, '').toLowerCase()
  return parameters.length ? `${short}(${parameters.map(typeText).join(', ')})` : short
}

const isVariable = ({ name }: Type) => name.startsWith('?')
const isDyn = ({ name }: Type) => name === 'dyn'
const NULLABLE = new Set(['null_type', 'optional_type', ...Object.values(FULL_NAMES)])

export const isSame = (one: Type, other: Type): boolean =>
  one.name === other.name &&
  one.parameters.length === other.parameters.length &&
  one.parameters.every((each, index) => isSame(each, other.parameters[index] as Type))

/** Whether a type admits all values of another, as far as both are known. */
function isMoreGeneral(one: Type, other: Type): boolean {
  if (isDyn(one) || isVariable(one)) return true
  if (isDyn(other) || isVariable(other) || one.name !== other.name) return false
  return one.parameters.every((each, index) => isMoreGeneral(each, other.parameters[index] ?? DYN))
}

/** How many types may be looked at for one expression: some hundred for each of its operations. */
const MAX_STEPS = 2_000_000

/** The types that the variables of one expression stand for, as they are inferred. */
export class Inference {
  private readonly bound = new Map<string, Type>()
  /** The bindings of variables before the present attempt. */
  private readonly changes: [variable: string, before: Type | undefined][] = []
  private variables = 0
  private steps = 0

  variable(): Type {
    return type(`?${this.variables++}`)
  }

  /** A signature with variables that are used nowhere else. */
  instance({ parameters, result }: Signature): Signature {
    const fresh = new Map<string, Type>()
    const renamed = (of: Type): Type => {
      if (!isVariable(of)) return of.parameters.length ? type(of.name, ...of.parameters.map(renamed)) : of
      if (!fresh.has(of.name)) fresh.set(of.name, this.variable())
      return fresh.get(of.name) as Type
    }
    return { parameters: parameters.map(renamed), result: renamed(result) }
  }

  /** A type in which known variables are replaced. */
  known(of: Type): Type {
    this.step()
    const found = this.bound.get(of.name)
    if (found) return this.known(found)
    return of.parameters.length ? type(of.name, ...of.parameters.map((each) => this.known(each))) : of
  }

  /** Whether values of some types may be given for others; binds variables accordingly if they may. */
  fits(given: readonly Type[], wanted: readonly Type[]): boolean {
    if (given.length !== wanted.length) return false
    this.changes.length = 0
    if (given.every((each, index) => this.isAssignable(each, wanted[index] as Type))) return true
    for (const [variable, before] of this.changes.reverse())
      if (before) this.bound.set(variable, before)
      else this.bound.delete(variable)
    return false
  }

  private bind(variable: Type, of: Type): void {
    this.changes.push([variable.name, this.bound.get(variable.name)])
    this.bound.set(variable.name, of)
  }

  /** Throws a RangeError when types that contain each other take too long. */
  private step(): void {
    if (++this.steps > MAX_STEPS) throw new RangeError('too many types')
  }

  /** The type of the elements of a literal. */
  joined(one: Type, other: Type): Type {
    if (!this.fits([one], [other])) return DYN
    return isMoreGeneral(one, other) ? one : other
  }

  private isAssignable(given: Type, wanted: Type): boolean {
    this.step()
    if (isVariable(wanted)) {
      const found = this.stands(wanted, given)
      if (found !== 'open') return found
    }
    if (isVariable(given)) return this.stands(given, wanted) === true
    if (isDyn(given) || isDyn(wanted)) return true
    if (given.name === 'null_type') return NULLABLE.has(wanted.name)
    if (wanted.name === 'null_type') return NULLABLE.has(given.name)
    if (given.name !== wanted.name) return false
    if (given.name === 'type') return true
    return (
      given.parameters.length === wanted.parameters.length &&
      given.parameters.every((each, index) => this.isAssignable(each, wanted.parameters[index] as Type))
    )
  }

  /** Whether a variable may stand for a type; `open` when it cannot be bound to it for it occurs in it. */
  private stands(variable: Type, of: Type): boolean | 'open' {
    if (isSame(variable, of)) return true
    const found = this.bound.get(variable.name)
    if (found) {
      if (isSame(found, of)) return true
      if (!this.isAssignable(of, found)) return false
      const general = isMoreGeneral(of, found) ? of : found
      if (!this.occurs(variable, general)) this.bind(variable, general)
      return true
    }
    if (this.occurs(variable, of)) return 'open'
    this.bind(variable, of)
    return true
  }

  private occurs(variable: Type, within: Type): boolean {
    this.step()
    if (variable.name === within.name) return true
    const found = this.bound.get(within.name)
    return found
      ? this.occurs(variable, found)
      : within.parameters.some((each) => this.occurs(variable, each))
  }
}

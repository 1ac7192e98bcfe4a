/** The data that random expressions are about. Its maps have one member, since cel-go passes members in any order. */
export const randomData = {
  a: { b: 1 },
  b: { a: { b: [1, 2, 'z'] } },
  n: 3,
  d: 2.5,
  l: [1, 2.5, 'a', null, { a: true }],
  e: [],
  s: 'text',
  z: null,
}

const ATOMS = [
  ...['1', '0', '2u', '1.5', '-3', '0.0', 'true', 'false', 'null', "'a'", "''", "'1'", "'true'", "b'x'"],
  ...['a', 'b', 'n', 'd', 'l', 'e', 's', 'z', '[]', '{}', '9223372036854775807'],
  ...["'2026-03-10T08:00:00Z'", "'1h'"],
]
const OPERATORS = '+ - * / % == == != < <= > >= in && && || ||'.split(' ')
const FUNCTIONS =
  'size int double string bool uint bytes dyn timestamp duration optional.of optional.ofNonZeroValue'
const TYPES = ['int', 'string', 'double', 'list', 'map', 'null_type', 'bool', 'optional_type']
const METHODS = ['orValue', 'or', 'startsWith', 'contains', 'endsWith']
const PLAIN_METHODS =
  'hasValue value size first last unwrapOpt getHours getFullYear getSeconds getMilliseconds'.split(' ')
const MEMBERS = ['a', 'b', 'x']

/** An expression of some depth over `randomData`. Most are refused, the deeper the more. */
export function randomExpression(
  random: (below: number) => number,
  depth: number,
  variables: string[] = [],
): string {
  const pick = <T>(values: readonly T[]): T => values[random(values.length)] as T
  if (depth <= 0) return variables.length && random(5) < 2 ? pick(variables) : pick(ATOMS)
  const part = (more: string[] = []) =>
    randomExpression(random, depth - 1 - random(2), [...variables, ...more])
  const optional = () => pick([`optional.of(${part()})`, 'a.?b', 'b.?x'])
  const variable = pick(['x', 'y'])
  const forms = [
    () => `(${part()} ${pick(OPERATORS)} ${part()})`,
    () => `(${part()} ${pick(OPERATORS)} ${part()})`,
    () => `(${part()} ${pick(OPERATORS)} ${part()})`,
    () => `${part()}.${pick(MEMBERS)}`,
    () => `${part()}.?${pick(MEMBERS)}`,
    () => `${pick(FUNCTIONS.split(' '))}(${part()})`,
    () => `${pick(FUNCTIONS.split(' '))}(${part()})`,
    () => `(type(${part()}) == ${pick(TYPES)})`,
    () => `${part()}[${part()}]`,
    () => `${part()}[?${part()}]`,
    () => `(${part()} ? ${part()} : ${part()})`,
    () =>
      `${part()}.${pick(['all', 'exists', 'exists_one', 'map', 'filter'])}(${variable}, ${part([variable])})`,
    () => `${part()}.map(${variable}, ${part([variable])}, ${part([variable])})`,
    () => `${optional()}.${pick(['optMap', 'optFlatMap'])}(${variable}, ${part([variable])})`,
    () => `[${part()}, ${part()}]`,
    () => `[?${part()}, ${part()}]`,
    () => `{${pick(["'a'", '1', 'true', '1.0', 'n', 's', '2u'])}: ${part()}}`,
    () => `{?'a': ${part()}}`,
    () => `has(${pick(['a', 'b', 'd', 'l', 'z', ...variables])}.${pick(MEMBERS)})`,
    () => `${part()}.${pick(METHODS)}(${part()})`,
    () => `${part()}.${pick(PLAIN_METHODS)}()`,
    () => `${pick(['!', '-'])}(${part()})`,
  ]
  return pick(forms)()
}

import { RE2JS } from 're2js'

/** A compiled regular expression. `test` takes time in proportion to the text; `toString` gives the pattern. */
export interface LinearRegExp {
  test(text: string): boolean
  toString(): string
}

/**
 * Compiles a regular expression of a schema with RE2, which takes linear time for every text.
 *
 * A pattern of ECMA 262 (in Unicode mode) has the meaning that it has there, any other pattern the one that it has in
 * RE2; the escapes \uXXXX, \u{X} and \cX of ECMA 262 may stand in both.
 * Throws an Error where neither syntax has the pattern, or where RE2 has no equivalent: lookaheads, lookbehinds, back
 * references, repetitions over 1000.
 */
export function linearRegExp(pattern: string): LinearRegExp {
  const compiled = RE2JS.compile(isPattern(pattern) ? ecmaOnRe2(unescaped(pattern)) : escapesOnRe2(pattern))
  // Ajv tells patterns apart by their text.
  return { test: (text) => compiled.test(text), toString: () => pattern }
}

/** Whether a text is a regular expression of ECMA 262 in Unicode mode, in which any punctuation may be escaped. */
export function isPattern(text: string): boolean {
  // Newer versions of JavaScript have flags, too: the meaning of a pattern must not depend on the version.
  if (/\(\?[imsU-]/.test(text.replace(/\\[\s\S]|\[(?:\\[\s\S]?|[^\\\]])*(?:\]|$)/g, ''))) return false
  try {
    new RegExp(unescaped(text), 'u')
    return true
  } catch {
    return false
  }
}

/** Escapes of punctuation that need none, as in \- or \@, are common, and errors in Unicode mode. */
const unescaped = (pattern: string) =>
  pattern.replace(/\\(?:([-_:;,@%&~`'"!#<>= ])|[\s\S])/g, (all, mark?: string) =>
    mark ? `\\x${mark.charCodeAt(0).toString(16)}` : all,
  )

const SPACES = String.raw`\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`
const NO_SPACES = String.raw`\x{0}-\x{8}\x{e}-\x{1f}!-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff}`
const ANYTHING = String.raw`\x{0}-\x{10ffff}`

const escapes = [
  String.raw`\\u\{(?<braced>[\dA-Fa-f]+)\}`,
  String.raw`\\u(?<high>[Dd][89ABab][\dA-Fa-f]{2})\\u(?<low>[Dd][C-Fc-f][\dA-Fa-f]{2})`,
  String.raw`\\u(?<four>[\dA-Fa-f]{4})`,
  String.raw`\\x(?<two>[\dA-Fa-f]{2})`,
  String.raw`\\c(?<control>[A-Za-z])`,
]
const ecmaEscapes = new RegExp([...escapes, String.raw`\\Q[\s\S]*?(?:\\E|$)|\\[\s\S]`].join('|'), 'g')
const ecmaTokens = new RegExp(
  [
    ...escapes,
    String.raw`(?<property>\\[pP]\{[^}]*\})`,
    String.raw`(?<named>\(\?<[\p{ID_Start}$_][\p{ID_Continue}$]*>)`,
    String.raw`\\[\s\S]|[\s\S]`,
  ].join('|'),
  'gu',
)
type Groups = Partial<Record<string, string>>

/** A pattern of RE2 without the escapes of ECMA 262. Text between \Q and \E has none. */
const escapesOnRe2 = (pattern: string) =>
  pattern.replace(ecmaEscapes, (...match) => hexadecimal(match.at(-1) as Groups) ?? (match[0] as string))

/** A character that is escaped by its number, as RE2 writes it. */
function hexadecimal({ braced, high, low, four, two, control }: Groups): string | undefined {
  const digits = braced ?? four ?? two
  if (digits !== undefined) return `\\x{${digits}}`
  if (control !== undefined) return `\\x{${(control.charCodeAt(0) % 32).toString(16)}}`
  if (high === undefined || low === undefined) return undefined
  const pair = String.fromCharCode(Number.parseInt(high, 16), Number.parseInt(low, 16))
  return `\\x{${pair.codePointAt(0)?.toString(16)}}`
}

/** A pattern of ECMA 262 in the words of RE2. */
function ecmaOnRe2(pattern: string): string {
  let result = ''
  let inClass = false
  let opened = 0
  for (const { 0: text, groups = {} } of pattern.matchAll(ecmaTokens)) {
    const escaped = hexadecimal(groups)
    if (escaped !== undefined) result += escaped
    else if (groups.property) {
      result += inClass || isOfRe2(text) ? membersOf(text) : `[${membersOf(text)}]`
    } else if (inClass) {
      const content = result.slice(opened)
      if (text === ']') {
        inClass = false
        // RE2 would take the bracket for a member of the class.
        if (content === '[') result = `${result.slice(0, opened)}[^${ANYTHING}]`
        else if (content === '[^') result = `${result.slice(0, opened)}[${ANYTHING}]`
        else result += text
      } else result += inClasses[text] ?? text
    } else if (text === '[') {
      inClass = true
      opened = result.length
      result += text
    } else if (text.startsWith('\\k')) throw new Error('it has no back references')
    else if (groups.named) result += '(?:'
    else result += outside[text] ?? text
  }
  return result
}

const inClasses: Record<string, string> = {
  '[': '\\[',
  '\\b': '\\x{8}',
  '\\s': SPACES,
  '\\S': NO_SPACES,
}

const outside: Record<string, string> = {
  '.': String.raw`[^\n\r\x{2028}\x{2029}]`,
  '\\s': `[${SPACES}]`,
  '\\S': `[^${SPACES}]`,
}

/** Whether RE2 has a property such as \p{Lu}. */
function isOfRe2(property: string): boolean {
  try {
    RE2JS.compile(property)
    return true
  } catch {
    return false
  }
}

const [LAST_CHARACTER, HEX] = [0x10_ffff, 16]

/** The characters that have a property, such as \p{Script=Greek} or \P{Alphabetic}, as members of a class of RE2. */
function membersOf(property: string): string {
  if (isOfRe2(property)) return property
  const native = new RegExp(property, 'u')
  let result = ''
  let first: number | undefined
  for (let code = 0; code <= LAST_CHARACTER + 1; code++) {
    const has = code <= LAST_CHARACTER && native.test(String.fromCodePoint(code))
    if (has) first ??= code
    else if (first !== undefined) {
      result += `\\x{${first.toString(HEX)}}-\\x{${(code - 1).toString(HEX)}}`
      first = undefined
    }
  }
  return result
}

import { RE2JS } from 're2js'
import { SchemaFault } from './bundle.ts'

/**
 * A regular expression of a schema (ECMA 262, Unicode) that takes time in proportion to the text, whatever the
 * text: it runs on RE2, and means there what it means in JavaScript. Throws a SchemaFault where RE2 has nothing
 * like it, such as lookaheads, back references, and repetitions over 1000.
 */
export function linearRegExp(pattern: string): { test(text: string): boolean; toString(): string } {
  try {
    const native = unicode(pattern)
    new RegExp(native, 'u')
    const compiled = RE2JS.compile(onRe2(native))
    // Ajv tells patterns apart by their text.
    return { test: (text) => compiled.test(text), toString: () => pattern }
  } catch (error) {
    throw new SchemaFault(`the pattern ${pattern} cannot be used (RE2): ${(error as Error).message}`)
  }
}

/** Whether a text is a regular expression at all. */
export function isPattern(text: string): boolean {
  try {
    new RegExp(unicode(text), 'u')
    return true
  } catch {
    return false
  }
}

/** Escapes of punctuation that need none, as in \- or \@, are common, and errors in Unicode mode. */
const unicode = (pattern: string) =>
  pattern.replace(/\\(?:([-_:;,@%&~`'"!#<>= ])|[\s\S])/g, (all, mark?: string) =>
    mark ? `\\x${mark.charCodeAt(0).toString(16)}` : all,
  )

const SPACES = String.raw`\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`
const NO_SPACES = String.raw`\x{0}-\x{8}\x{e}-\x{1f}!-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff}`
const ANYTHING = String.raw`\x{0}-\x{10ffff}`

const tokens =
  /\\u\{([\da-fA-F]+)\}|\\u(d[89ab][\da-f]{2})\\u(d[c-f][\da-f]{2})|\\u([\da-fA-F]{4})|\\x([\da-fA-F]{2})|\\c([A-Za-z])|(\\[pP]\{[^}]*\}|\\[\s\S]|\(\?<[\p{ID_Start}$_][\p{ID_Continue}$]*>|[\s\S])/giu

/** A valid expression of JavaScript in the words of RE2. */
function onRe2(pattern: string): string {
  let result = ''
  let inClass = false
  let opened = 0
  for (const [, braced, high, low, four, two, control, token = ''] of pattern.matchAll(tokens)) {
    const hex =
      high && low
        ? String.fromCharCode(Number.parseInt(high, 16), Number.parseInt(low, 16)).codePointAt(0)
        : control
          ? control.charCodeAt(0) % 32
          : Number.parseInt(braced ?? four ?? two ?? '', 16)
    if (hex !== undefined && !Number.isNaN(hex)) result += `\\x{${hex.toString(16)}}`
    else if (inClass) {
      const content = result.slice(opened)
      if (token === ']') {
        inClass = false
        // RE2 would take the bracket for a member of the class.
        if (content === '[') result = `${result.slice(0, opened)}[^${ANYTHING}]`
        else if (content === '[^') result = `${result.slice(0, opened)}[${ANYTHING}]`
        else result += token
      } else result += inClasses[token] ?? token
    } else if (token === '[') {
      inClass = true
      opened = result.length
      result += token
    } else if (token.startsWith('\\k')) throw new Error('it has no back references')
    else if (token.startsWith('(?<')) result += '(?:'
    else result += outside[token] ?? token
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

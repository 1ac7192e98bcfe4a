import { ExpressionError } from '../cel-errors.ts'

type Kind = 'name' | 'quoted-name' | 'symbol' | 'end' | 'int' | 'uint' | 'double' | 'string' | 'bytes'

export interface Token {
  kind: Kind
  /** As it is written, but a quoted name without its quotes, and an unsigned integer without its suffix. */
  text: string
  position: number
}

const space = /(?:[ \t\r\n\f]+|\/\/[^\n]*)*/y
const name = /[A-Za-z_][A-Za-z0-9_]*/y
const quotedName = /`[A-Za-z0-9_.\-/ ]+`/y
const double = /\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?/y
const integer = /(?:0x[0-9a-fA-F]+|\d+)[uU]?/y
const symbol = /==|!=|<=|>=|&&|\|\||[<>[\]{}().,:?!+\-*/%]/y
const escaped = String.raw`\\(?:[abfnrtv"'\\?\x60]|[0-3][0-7]{2}|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})`
const quoted = new RegExp(
  [
    String.raw`[bB]?[rR](?:"""[^]*?"""|'''[^]*?'''|"[^"\n\r]*"|'[^'\n\r]*')`,
    String.raw`[bB]?(?:"""(?:${escaped}|[^\\])*?"""|'''(?:${escaped}|[^\\])*?''')`,
    String.raw`[bB]?(?:"(?:${escaped}|[^\\"\n\r])*"|'(?:${escaped}|[^\\'\n\r])*')`,
  ].join('|'),
  'y',
)

/** The patterns of tokens, in the order in which they are tried, and the kind of each. */
const forms: [pattern: RegExp, kind: (text: string) => Kind][] = [
  [quoted, (text) => (/^[bB]/.test(text) ? 'bytes' : 'string')],
  [name, () => 'name'],
  [quotedName, () => 'quoted-name'],
  [double, () => 'double'],
  [integer, (text) => (/[uU]$/.test(text) ? 'uint' : 'int')],
  [symbol, () => 'symbol'],
]

/**
 * Cuts an expression into tokens; the last one is `end`. Texts are not unescaped yet. Throws an ExpressionError where no
 * token begins. Takes time in proportion to the length.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  for (let position = after(space, text, 0); position < text.length; ) {
    const form = forms.find(([pattern]) => after(pattern, text, position) > position)
    if (!form) throw new ExpressionError(noToken(text, position), text, position)
    const end = form[0].lastIndex
    const kind = form[1](text.slice(position, end))
    const marks = { 'quoted-name': [1, 1], uint: [0, 1] }[kind as string] ?? [0, 0]
    tokens.push({ kind, text: text.slice(position + (marks[0] ?? 0), end - (marks[1] ?? 0)), position })
    position = after(space, text, end)
  }
  tokens.push({ kind: 'end', text: 'the end', position: text.length })
  return tokens
}

/** The end of the match of a pattern at an index; the index itself without a match. */
function after(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

function noToken(text: string, at: number): string {
  const [character = ''] = text.slice(at, at + 2)
  if (character === '"' || character === "'") return 'a text that does not end here, or has an unknown escape'
  if (character === '=') return 'unexpected =, write == to compare'
  return `unexpected character ${character}`
}

const CONTROLS: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/** The content of a token of the kind `string`; throws an ExpressionError for a code point that there is not. */
export function stringOf(token: Token, text: string): string {
  const { content, isRaw } = contentOf(token.text)
  if (isRaw) return content
  return content.replace(/\\(?:[xXuU]([0-9a-fA-F]+)|([0-7]{3})|(.))/gs, (_, hex, octal, other) => {
    if (other !== undefined) return CONTROLS[other] ?? other
    const code = hex ? Number.parseInt(hex, 16) : Number.parseInt(octal, 8)
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
      throw new ExpressionError('an escape that is no code point', text, token.position)
    return String.fromCodePoint(code)
  })
}

/** The content of a token of the kind `bytes`; throws an ExpressionError for an escape of a code point. */
export function bytesOf(token: Token, text: string): Uint8Array {
  const { content, isRaw } = contentOf(token.text)
  if (isRaw) return Buffer.from(content)
  const parts: Uint8Array[] = []
  for (const [part, hex, octal, other] of content.matchAll(
    /\\(?:[xX]([0-9a-fA-F]{2})|([0-7]{3})|(.))|[^\\]+/gs,
  )) {
    if (other === 'u' || other === 'U')
      throw new ExpressionError('bytes with an escape of a code point', text, token.position)
    if (other !== undefined) parts.push(Buffer.from(CONTROLS[other] ?? other))
    else if (hex) parts.push(Uint8Array.of(Number.parseInt(hex, 16)))
    else if (octal) parts.push(Uint8Array.of(Number.parseInt(octal, 8)))
    else parts.push(Buffer.from(part))
  }
  return Buffer.concat(parts)
}

/** The text between the quotes, with each line break as one character. */
function contentOf(text: string): { content: string; isRaw: boolean } {
  const [prefix = ''] = /^[a-zA-Z]*/.exec(text) ?? []
  const quotes = text.startsWith('"""', prefix.length) || text.startsWith("'''", prefix.length) ? 3 : 1
  const content = text.slice(prefix.length + quotes, -quotes).replace(/\r\n?/g, '\n')
  return { content, isRaw: /[rR]/.test(prefix) }
}

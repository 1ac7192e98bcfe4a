import type { Format } from 'ajv'
import { fullFormats } from 'ajv-formats/dist/formats.js'
import { isPattern } from './patterns.ts'

type Name = keyof typeof fullFormats

/** Formats with a syntax of their own, each checked in time that grows with the text and no faster. */
const syntaxes: Name[] = [
  ...(['date', 'time', 'date-time', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid'] as const),
  ...(['uri', 'uri-reference', 'uri-template', 'json-pointer', 'relative-json-pointer'] as const),
]

/** Rules of RFC 3339 that ajv-formats does not check: a T, and a colon in offsets. */
const stricter: Partial<Record<Name, RegExp>> = {
  time: /(z|[-+]\d\d:\d\d)$/i,
  'date-time': /^\S+(z|[-+]\d\d:\d\d)$/i,
}

/** A longer text has none of these formats; their regular expressions would run out of stack. */
const LONGEST = 1024 * 1024

/** The formats of texts that are checked, those of JSON Schema and OpenAPI; any other says something to people only. */
export const formats: [name: string, format: Format][] = [
  ...syntaxes.map((name): [string, Format] => [
    name,
    (text: string) =>
      text.length <= LONGEST &&
      fits(fullFormats[name] as Format, text) &&
      (stricter[name]?.test(text) ?? true),
  ]),
  ['byte', (text: string) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)],
  ['regex', (text: string) => text.length <= LONGEST && isPattern(text)],
]

/**
 * The formats of texts that are checked in a dialect. A document of OpenAPI 3.0 has no `duration`; where it says so,
 * it means that of Kubernetes, such as 1h30m, and not that of ISO 8601.
 */
export const formatsOf = (is30: boolean) => formats.filter(([name]) => !(is30 && name === 'duration'))

function fits(format: Format, text: string): boolean {
  if (typeof format === 'function') return format(text)
  if (format instanceof RegExp) return format.test(text)
  return fits((format as { validate: Format }).validate, text)
}

import { isIPv6 } from 'node:net'
import { parseArgs } from 'node:util'
import { nearest } from './explain.ts'
import { bareName } from './secrets.ts'
import { flagName, olderFlags, settings } from './settings.ts'
import { convert, type Source } from './sources.ts'

/**
 * The settings in the arguments of the command line, and the file that --config names. What is wrong with them goes to
 * `problems`, without the values: one of them may be a password.
 */
export function readFlags(args: string[], problems: string[]): { source: Source; file?: string } {
  const names = [
    ...settings().map(({ path }) => flagName(path)),
    ...olderFlags().map(({ flag }) => flag),
    'config',
  ]
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]))
  const given = new Map<string, string>()
  let before = ''
  let isSkipping = false
  for (const token of parseArgs({ args, options, strict: false, tokens: true }).tokens) {
    if (token.kind === 'option-terminator') continue
    const isFlag = token.kind === 'option' && token.rawName.startsWith('--')
    if (!isFlag) {
      if (!isSkipping)
        problems.push(`there is an argument${before} that is no flag: write them like --server-port 8000`)
      isSkipping = token.kind === 'option'
      continue
    }
    const { name, value, inlineValue } = token
    before = ` after --${bareName(name)}`
    const isUnknown = !names.includes(name)
    const hasValue = value !== undefined && (inlineValue || !value.startsWith('--'))
    // What follows an unknown flag was meant for it.
    isSkipping = isUnknown || !hasValue
    if (isUnknown) problems.push(unknownFlag(name, names))
    else if (!hasValue) problems.push(`the flag --${name} has no value`)
    else given.set(name, value)
  }

  const source: Source = new Map()
  for (const { group, flag } of olderFlags()) {
    const text = given.get(flag)
    if (text !== undefined) readAddress(source, group, `--${flag}`, text, problems)
  }
  for (const { key, path, schema } of settings()) {
    const text = given.get(flagName(path))
    if (text !== undefined) source.set(key, { value: convert(text, schema), from: `--${flagName(path)}` })
  }
  return { source, file: given.get('config') }
}

function unknownFlag(name: string, names: string[]): string {
  const bare = bareName(name)
  const meant = nearest(bare, names)
  return `the flag --${bare} is unknown: ${meant ? `did you mean --${meant}?` : 'docs/configuration.md lists them'}`
}

/** The host and the port of an older flag: `localhost:8000`, `[::1]:8000`, or `:8000` for all addresses. */
function readAddress(source: Source, group: string, from: string, text: string, problems: string[]) {
  const [, bracketed, host = bracketed, port = ''] = /^(?:\[(.*)\]|([^\s:[\]/]*)):(\d+)$/.exec(text) ?? []
  if (host === undefined || (bracketed !== undefined && !isIPv6(bracketed))) {
    problems.push(
      `${from} must be a host and a port (it is ${JSON.stringify(text)}): ` +
        'write it like localhost:8000, [::1]:8000 or :8000',
    )
    return
  }
  source.set(`${group}.host`, { value: host || '0.0.0.0', from })
  source.set(`${group}.port`, { value: Number(port), from })
}

import { isIPv6 } from 'node:net'
import { parseArgs } from 'node:util'
import { nearest } from './explain.ts'
import { bareName } from './secrets.ts'
import { flagsOf, known, olderFlags, settings } from './settings.ts'
import { convert, type Source } from './sources.ts'

/**
 * The settings in the arguments of the command line, and the file that --config names. What is wrong with them goes to
 * `problems`, without the values: one of them may be a password.
 */
export function readFlags(args: string[], problems: string[]): { source: Source; file?: string } {
  const flags = settings(known).map((setting) => ({ ...setting, flags: flagsOf(setting).map(bare) }))
  const names = [...flags.flatMap((each) => each.flags), ...olderFlags().map(({ flag }) => flag), 'config']
  const booleans = flags.filter(({ schema }) => schema.type === 'boolean').flatMap((each) => each.flags)
  const given = new Map<string, string>()
  let before = ''
  let isSkipping = false
  for (const token of tokensIn(args, names, booleans)) {
    if (token.kind === 'option-terminator') continue
    const isFlag = token.kind === 'option' && (token.rawName.startsWith('--') || names.includes(token.name))
    if (!isFlag) {
      if (!isSkipping)
        problems.push(`there is an argument${before} that is no flag: write them like --server-port 8000`)
      isSkipping = token.kind === 'option'
      continue
    }
    const { name, value, inlineValue } = token
    before = ` after ${dashed(bareName(name))}`
    const isUnknown = !names.includes(name)
    const hasValue = value !== undefined && (inlineValue || !value.startsWith('--'))
    // What follows an unknown flag was meant for it.
    isSkipping = isUnknown || !hasValue
    if (isUnknown) problems.push(unknownFlag(name, names))
    else if (!hasValue) problems.push(`the flag ${dashed(name)} has no value`)
    else {
      // The last one counts, whichever name of its setting it is.
      given.delete(name)
      // After a single dash, = is not looked at by parseArgs.
      given.set(name, name.length === 1 ? value.replace(/^=/, '') : value)
    }
  }

  const source: Source = new Map()
  for (const { group, flag } of olderFlags()) {
    const text = given.get(flag)
    if (text !== undefined) readAddress(source, group, `--${flag}`, text, problems)
  }
  for (const { key, schema, flags: own } of flags) {
    const name = [...given.keys()].findLast((each) => own.includes(each))
    if (name !== undefined)
      source.set(key, { value: convert(given.get(name) ?? '', schema), from: dashed(name) })
  }
  return { source, file: given.get('config') }
}

const bare = (flag: string) => flag.replace(/^--?/, '')
const dashed = (name: string) => (name.length === 1 ? `-${name}` : `--${name}`)

/** The arguments as parseArgs takes them apart. A flag of `booleans` that nothing follows, or another flag, is true, as in Go. */
function tokensIn(args: string[], names: string[], booleans: string[]) {
  const whole = args.map((arg, index) => {
    const isBare = arg.startsWith('-') && booleans.includes(bare(arg)) && /^(-|$)/.test(args[index + 1] ?? '')
    return isBare ? `${arg}=true` : arg
  })
  const options = Object.fromEntries(
    names.map((name) => [name, { type: 'string' as const, ...(name.length === 1 && { short: name }) }]),
  )
  return parseArgs({ args: whole, options, strict: false, tokens: true }).tokens
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

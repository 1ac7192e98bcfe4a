import { parseArgs } from 'node:util'

/** A flag of a command that is no setting, as it was given; without a value where another flag follows, or nothing. */
export interface OwnFlag {
  name: string
  value: string | undefined
}

/** The flags of a command that are no settings, in their order, and the other arguments. `names` are without dashes. */
export function readOwnFlags(args: string[], names: readonly string[]): { own: OwnFlag[]; rest: string[] } {
  const { tokens } = parseArgs({
    args,
    options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
    strict: false,
    tokens: true,
  })
  const given = tokens.filter((token) => token.kind === 'option').filter(({ name }) => names.includes(name))
  const used = new Set(
    given.flatMap(({ index, inlineValue, value }) =>
      inlineValue || value === undefined ? [index] : [index, index + 1],
    ),
  )
  return {
    own: given.map(({ name, value, inlineValue }) => ({
      name,
      value: !inlineValue && value?.startsWith('--') ? undefined : value,
    })),
    rest: args.filter((_, index) => !used.has(index)),
  }
}

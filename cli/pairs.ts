import { CliError } from './exit-codes.ts'

/** A key and its value in KEY=VALUE, of a flag that may be repeated. */
export function pairIn(text: string, flag: string): [string, string] {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (key === undefined || value === undefined)
    throw new CliError(`${flag} is KEY=VALUE, not ${text}`, 'usage')
  return [key, value]
}

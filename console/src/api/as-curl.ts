import { type Call, headersOf } from './client.ts'

/** The call as a command of a shell; the token stands as `$HYPERFLEET_TOKEN`, and a GET has its parameters one by one. */
export function asCurl(call: Call, origin: string, isSignedIn: boolean): string {
  const { method, path, query = {}, body } = call
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  const isPlain = method === 'GET'
  const address =
    origin + path + (isPlain || !given.length ? '' : `?${new URLSearchParams(given as [string, string][])}`)
  const headers = Object.entries(headersOf(call, {})).map(
    ([name, value]) => `-H ${quotedForShell(`${name}: ${value}`)}`,
  )
  const words = [
    `curl -sS${isPlain && given.length ? 'G' : ''}${isPlain ? '' : ` -X ${method}`} ${quotedForShell(address)}`,
    ...(isSignedIn ? ['-H "Authorization: Bearer $HYPERFLEET_TOKEN"'] : []),
    ...headers,
    ...(isPlain
      ? given.map(([name, value]) => `--data-urlencode ${quotedForShell(`${name}=${value}`)}`)
      : []),
    ...(body === undefined ? [] : [`-d ${quotedForShell(JSON.stringify(body))}`]),
  ]
  return words.join(' \\\n  ')
}

/** A text as one word of a shell; plain ones as they are. */
export const quotedForShell = (text: string) =>
  /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`

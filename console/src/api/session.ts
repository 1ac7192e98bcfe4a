/**
 * The token of the person at the screen. It is kept in the memory of the page and in `sessionStorage`, which ends with the
 * tab; never in `localStorage` or a cookie.
 */
const KEY = 'hyperfleet.token'
const watchers = new Set<() => void>()
let token = sessionStorage.getItem(KEY) ?? ''

/** The token, or an empty text. */
export const getToken = () => token

/** Takes another token; an empty one signs out. */
export function setToken(next: string) {
  token = next.trim()
  if (token) sessionStorage.setItem(KEY, token)
  else sessionStorage.removeItem(KEY)
  for (const watcher of watchers) watcher()
}

/** Calls `watcher` after each change of the token, until the returned function is called. */
export function watchToken(watcher: () => void) {
  watchers.add(watcher)
  return () => {
    watchers.delete(watcher)
  }
}

/** The headers by which a request says who calls. */
export const authorization = (): Record<string, string> => (token ? { Authorization: `Bearer ${token}` } : {})

import type { Source } from './sources.ts'
import type { Tree } from './tree.ts'

/** How each part of database.url is set within it. */
const parts: Record<string, (url: URL, value: string) => void> = {
  'database.host': (url, value) => {
    // Of a host that is a folder of sockets, the slashes must not end it; an address of IPv6 needs brackets.
    url.hostname = value.includes(':') ? `[${value}]` : encodeURIComponent(value)
    url.searchParams.delete('host')
  },
  'database.port': (url, value) => {
    url.port = value
    url.searchParams.delete('port')
  },
  'database.name': (url, value) => {
    url.pathname = encodeURI(value)
  },
  'database.username': (url, value) => {
    url.username = encodeURIComponent(value)
    url.searchParams.delete('user')
  },
  'database.password': (url, value) => {
    url.password = encodeURIComponent(value)
    url.searchParams.delete('password')
  },
}

/**
 * The URL of the database with those parts that a stronger source sets on their own; `sources` are in order, the
 * strongest last. As it is when no part is, or when it is no URL.
 */
export function completeUrl(url: string, database: Tree, sources: Source[]): string {
  const strength = (key: string) => sources.findLastIndex((source) => source.has(key))
  const stronger = Object.keys(parts).filter((key) => strength(key) > strength('database.url'))
  if (!stronger.length || !URL.canParse(url)) return url
  const completed = new URL(url)
  // A URL without a host takes no user and no port.
  if (!completed.hostname) completed.hostname = 'localhost'
  for (const key of stronger) parts[key]?.(completed, String(database[key.replace('database.', '')]))
  return completed.href
}

import { type AnchorHTMLAttributes, type MouseEvent, useSyncExternalStore } from 'react'

/** Where the console is served, without a slash at its end. */
const BASE = import.meta.env.BASE_URL.replace(/\/$/, '')

/** The place that is shown: the parts of its path after `/console`, and its parameters. */
export interface Place {
  parts: string[]
  query: URLSearchParams
}

const watchers = new Set<() => void>()
const watch = (watcher: () => void) => {
  watchers.add(watcher)
  window.addEventListener('popstate', watcher)
  return () => {
    watchers.delete(watcher)
    window.removeEventListener('popstate', watcher)
  }
}

/** The place, by the address of the browser. */
export function usePlace(): Place {
  const address = useSyncExternalStore(watch, () => location.pathname + location.search)
  const { pathname, searchParams: query } = new URL(address, location.origin)
  const parts = pathname.slice(BASE.length).split('/').filter(Boolean).map(decodeURIComponent)
  return { parts, query }
}

/** The address of a place; parameters that are empty are left out. */
export function addressTo(parts: string[], query: Record<string, string | undefined> = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]))
  const text = new URLSearchParams(given).toString()
  return `${BASE}/${parts.map(encodeURIComponent).join('/')}${text && `?${text}`}`
}

/** Shows another place. With `replace`, the button "back" passes over the present one. */
export function goTo(address: string, { replace = false } = {}) {
  if (replace) history.replaceState(null, '', address)
  else history.pushState(null, '', address)
  for (const watcher of watchers) watcher()
}

/** A link to a place of the console, which loads nothing anew. */
export function PlaceLink({
  href,
  children,
  ...rest
}: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) {
  return (
    <a href={href} onClick={(event) => follow(event, href)} {...rest}>
      {children}
    </a>
  )
}

/** Follows a link within the page, unless the person wants it elsewhere. */
export function follow(event: MouseEvent, href: string) {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  event.preventDefault()
  goTo(href)
}

/**
 * The target of a request as a path and a query. Proxies send it in absolute form, `http://host/path?query`, which a server
 * must take as well (RFC 9112, section 3.2.2); a target in neither form is returned as it is.
 */
export function originForm(target: string): string {
  const [authority] = /^https?:\/\/[^/?#]+/i.exec(target) ?? []
  if (authority === undefined) return target
  const rest = target.slice(authority.length)
  return rest.startsWith('/') ? rest : `/${rest}`
}

/** The path of a target, without its query and its fragment. */
export const pathOf = (target: string): string => target.split(/[?#]/, 1)[0] ?? ''

import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici'
import { StartError } from '../process/start-error.ts'

/** How the connections of a dispatcher are made: `ca` (PEM) is the only authority that is trusted, if any. */
export interface Connections {
  ca?: string | undefined
  /** The largest answer, in bytes, before decompression. */
  maxResponseSize: number
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The connections for one URL: through the proxy that the variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY name, in
 * either case of letters, the lower one first. A host of this machine is never asked for through a proxy.
 *
 * `ca` holds for the host of the URL, also behind a proxy, and not for a proxy that speaks TLS itself.
 *
 * Throws a StartError when a variable is no URL of a proxy; its text is not quoted, as it may have a password.
 */
export function dispatcherFor(
  url: string,
  { ca, maxResponseSize }: Connections,
  env: Environment,
): Dispatcher {
  const connect = ca ? { ca } : {}
  if (isLoopback(new URL(url).hostname)) return new Agent({ connect, maxResponseSize })
  // An empty text is given on, so that undici does not look into the environment of the process itself.
  return new EnvHttpProxyAgent({
    connect,
    requestTls: connect,
    maxResponseSize,
    httpsProxy: proxyIn(env, 'HTTPS_PROXY'),
    httpProxy: proxyIn(env, 'HTTP_PROXY'),
    noProxy: env.no_proxy ?? env.NO_PROXY ?? '',
  })
}

const SCHEMES = ['http:', 'https:', 'socks5:']

/** The URL of the proxy that a variable names, empty when it names none. It may leave out the scheme, as for curl. */
function proxyIn(env: Environment, variable: string): string {
  const lower = variable.toLowerCase()
  const name = env[lower] === undefined ? variable : lower
  const value = env[name]?.trim()
  if (!value) return ''
  try {
    const proxy = new URL(value.includes('://') ? value : `http://${value}`)
    decodeURIComponent(proxy.username + proxy.password)
    if (SCHEMES.includes(proxy.protocol)) return proxy.href
  } catch {
    // The error would quote the value.
  }
  throw new StartError(
    `${name} is no URL of a proxy, such as http://proxy.example.com:3128; % in a password is written %25`,
  )
}

/** Whether a host is this machine, by its name or its address. */
const isLoopback = (hostname: string) =>
  hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)

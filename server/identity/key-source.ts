import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Agent, request } from 'undici'
import { StartError } from '../start-error.ts'

/** Where a set of keys is read from, again and again. */
export interface KeySource {
  /** For the log: without what may be a secret. */
  name: string
  /** The JSON Web Key Set, as text. */
  read(): Promise<string>
  close(): Promise<void>
}

const LIMIT_MS = 5000
const MAX_BYTES = 1024 * 1024

/** The keys in a file, which may be replaced at any time, as a mounted one is. */
export const fileSource = (file: string): KeySource => ({
  name: file,
  read: () => readFile(file, 'utf8'),
  close: async () => {},
})

/**
 * The keys behind a URL, answered within five seconds; redirects are not followed.
 *
 * With `ca` (PEM), that authority is trusted, and no other.
 */
export function urlSource(url: string, ca?: string): KeySource {
  const agent = new Agent({ connect: ca ? { ca } : {}, maxResponseSize: MAX_BYTES })
  const { origin, pathname } = new URL(url)
  return {
    name: `${origin}${pathname}`,
    async read() {
      const headers = { accept: 'application/json, application/jwk-set+json' }
      const signal = AbortSignal.timeout(LIMIT_MS)
      const { statusCode, body } = await request(url, { dispatcher: agent, headers, signal })
      const text = await body.text()
      if (statusCode !== 200) throw new Error(`the answer is ${statusCode}`)
      return text
    },
    close: () => agent.destroy(),
  }
}

/** Reads a certificate authority; throws a StartError that names the setting when it is none. */
export function readAuthority(file: string, setting: string): string {
  try {
    const pem = readFileSync(file, 'utf8')
    new X509Certificate(pem)
    return pem
  } catch (error) {
    throw new StartError(`${setting}: ${file} is no certificate (PEM): ${(error as Error).message}`)
  }
}

import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fetch, type Response } from 'undici'
import { StartError } from '../process/start-error.ts'
import type { KeySource } from './keys.ts'
import { dispatcherFor } from './proxies.ts'

/** How long a reading may take, its redirects included. */
const LIMIT_MS = 5000
const MAX_BYTES = 1024 * 1024
const MAX_REDIRECTS = 5

/** The keys in a file, which may be replaced at any time, as a mounted one is. */
export const fileSource = (file: string): KeySource => ({
  name: file,
  isOwn: true,
  read: async () => decode([await readFile(file)]),
  close: async () => {},
})

/**
 * The keys behind a URL, answered within five seconds: at most 1 MiB, before and after decompression, of any content
 * type. Redirects are followed within the origin of the URL, scheme included; any other is an error.
 *
 * With `ca` (PEM), that authority is trusted, and no other. The variables of proxies in `env` are followed; throws a
 * StartError when one cannot be.
 */
export function urlSource(url: string, ca?: string, env = process.env): KeySource {
  const dispatcher = dispatcherFor(url, { ca, maxResponseSize: MAX_BYTES }, env)
  const headers = { accept: 'application/json, application/jwk-set+json' }
  const { origin, pathname } = new URL(url)

  async function follow(): Promise<Response> {
    const signal = AbortSignal.timeout(LIMIT_MS)
    let at = url
    for (let redirects = 0; ; redirects++) {
      const response = await fetch(at, { dispatcher, headers, signal, redirect: 'manual' })
      const location = response.headers.get('location')
      if (!REDIRECTS.has(response.status) || location === null) return response
      await response.body?.cancel()
      if (redirects === MAX_REDIRECTS) throw new Error(`it redirects more than ${MAX_REDIRECTS} times`)
      const next = new URL(location, at)
      if (next.origin !== origin) throw new Error('it redirects to another origin')
      at = next.href
    }
  }

  return {
    name: `${origin}${pathname}`,
    isOwn: false,
    async read() {
      try {
        const response = await follow()
        if (response.ok) return await readBounded(response)
        await response.body?.cancel()
        throw new Error(`the answer is ${response.status}`)
      } catch (error) {
        throw originOf(error as Error)
      }
    },
    close: () => dispatcher.destroy(),
  }
}

/** The first error in a chain of causes: fetch itself says only that it failed. A host with several addresses has one for each. */
function originOf(error: Error): Error {
  const [first = error.cause] = (error as AggregateError).errors ?? []
  return first instanceof Error ? originOf(first) : error
}

const REDIRECTS = new Set([301, 302, 303, 307, 308])

/** The body, decompressed, as text; an error beyond MAX_BYTES. */
async function readBounded({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.byteLength
    if (size > MAX_BYTES) throw new Error(`the answer has more than ${MAX_BYTES} bytes`)
    chunks.push(chunk)
  }
  return decode(chunks)
}

/** As fetch does it: UTF-8, without its byte order mark. */
const decode = (chunks: Uint8Array[]) => new TextDecoder().decode(Buffer.concat(chunks))

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

import { readFileSync, unwatchFile, watchFile } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import type { Config } from '../../config/schema.ts'
import { StartError } from '../../process/start-error.ts'

type Settings = Config['server']['tls']

/** How often the files are looked at. */
const INTERVAL_MS = 2000

/**
 * The certificate and the key of a listener; undefined without TLS. `listener` is the name of its settings, such as `server`.
 *
 * Throws a StartError when they cannot be read, or do not belong together.
 */
export function readTls(listener: string, { enabled, cert_file = '', key_file = '' }: Settings) {
  if (!enabled) return undefined
  const files = {
    cert: read(`${listener}.tls.cert_file`, cert_file),
    key: read(`${listener}.tls.key_file`, key_file),
  }
  try {
    createSecureContext(files)
  } catch (error) {
    throw new StartError(
      `${listener}.tls: ${cert_file} and ${key_file} are no certificate and its key: ${(error as Error).message}`,
    )
  }
  return files
}

function read(setting: string, file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new StartError(`${setting} cannot be read: ${(error as Error).message}`)
  }
}

/** Makes a listener reload its files when they change: certificates are renewed while servers run. */
export function followRenewals(app: FastifyInstance, listener: string, settings: Settings) {
  if (!settings.enabled) return
  const renew = () => {
    try {
      const files = readTls(listener, settings)
      ;(app.server as unknown as { setSecureContext(context: object): void }).setSecureContext({ ...files })
      app.log.info(`${listener}.tls: the certificate has been renewed`)
    } catch (error) {
      // Between the writing of the one file and the other they do not belong together.
      app.log.warn({ err: error }, `${listener}.tls: the former certificate stays in use`)
    }
  }
  const files = [settings.cert_file, settings.key_file].filter((file) => file !== undefined)
  for (const file of files) watchFile(file, { interval: INTERVAL_MS, persistent: false }, renew)
  app.addHook('onClose', async () => {
    for (const file of files) unwatchFile(file, renew)
  })
}

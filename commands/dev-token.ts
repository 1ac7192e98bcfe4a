/**
 * Prints a token of a local issuer, for trying a server with JWT on; on standard error, the environment with which a
 * server trusts that issuer, as commands of a shell. The issuer's keys are made the first time, and kept.
 *
 * Usage: TOKEN=$(npm run -s dev-token -- [--email me@example.com] [--lifetime 1h] [--dir .data/dev-issuer])
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import { isDuration, milliseconds } from '../server/config/units.ts'
import { StartError } from '../server/process/start-error.ts'
import { fail } from './main.ts'

const issuer = 'http://localhost/dev-issuer'

async function devToken() {
  const { email, lifetime, dir } = options()
  const keys = await keysIn(resolve(dir))
  const now = Math.floor(Date.now() / 1000)
  const token = await new SignJWT({ iss: issuer, email, iat: now, exp: now + milliseconds(lifetime) / 1000 })
    .setProtectedHeader({ alg: 'ES256', kid: keys.private.kid ?? '' })
    .sign(await importJWK(keys.private, 'ES256'))
  const configs = JSON.stringify([{ issuer_url: issuer, jwk_cert_file: keys.publicFile }])
  console.error(`# A server trusts this issuer with:
export HYPERFLEET_SERVER_JWT_ENABLED=true
export HYPERFLEET_SERVER_JWT_CONFIGS='${configs.replaceAll("'", `'\\''`)}'`)
  console.log(token)
}

function options() {
  try {
    const { values } = parseArgs({
      options: {
        email: { type: 'string', default: 'me@example.com' },
        lifetime: { type: 'string', default: '1h' },
        dir: { type: 'string', default: '.data/dev-issuer' },
      },
    })
    if (!isDuration(values.lifetime))
      throw new Error(`--lifetime ${values.lifetime}: write it like 10m or 1h`)
    return values
  } catch (error) {
    throw new StartError((error as Error).message)
  }
}

/** The private key in a folder, made when there is none, and the file with the public one. */
async function keysIn(folder: string): Promise<{ private: JWK; publicFile: string }> {
  const [privateFile, publicFile] = [join(folder, 'private.json'), join(folder, 'jwks.json')]
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const made = JSON.stringify(await newKey())
    try {
      writeFileSync(privateFile, made, { flag: 'wx', mode: 0o600 })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const key = JSON.parse(readFileSync(privateFile, 'utf8')) as JWK
    const { d: _, ...publicKey } = key
    // Put in place at once: a server may be reading.
    writeFileSync(`${publicFile}.${process.pid}`, JSON.stringify({ keys: [publicKey] }))
    renameSync(`${publicFile}.${process.pid}`, publicFile)
    return { private: key, publicFile }
  } catch (error) {
    throw new StartError(`the keys in ${folder} cannot be used: ${(error as Error).message}`)
  }
}

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return { ...(await exportJWK(privateKey)), kid: `dev-${Date.now()}`, use: 'sig' }
}

devToken().catch(fail)

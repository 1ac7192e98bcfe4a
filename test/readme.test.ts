import { execFile } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { quickStart, temporaryFolder } from './processes.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

/** The block of commands after a mark in the README. */
function block(mark: string): string {
  const [, commands] = new RegExp(`<!-- ${mark} -->\\n\`\`\`sh\\n([\\s\\S]*?)\`\`\``).exec(readme) ?? []
  if (!commands) throw new Error(`the README has no block ${mark}`)
  return commands
}

/** Runs commands in a folder, for what they print. */
async function walk(script: string, folder: string, env: Record<string, string> = {}): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: folder,
    env: { ...process.env, ...env },
  })
  return stdout
}

t.test('the walk of the README', async (t) => {
  const [, adapters = ''] = /HYPERFLEET_CLUSTER_ADAPTERS='(.*?)'/.exec(block('start')) ?? []

  t.test('ends in Ready with the two adapters that it starts with', async (t) => {
    const folder = await temporaryFolder(t)
    const { api } = await quickStart(t, {
      HYPERFLEET_CLUSTER_ADAPTERS: adapters,
      HYPERFLEET_DATABASE_EMBEDDED_DIR: `${folder}/postgres`,
    })
    const output = await walk(block('walk').replaceAll('http://localhost:8000', api), folder)
    t.match(output, /"AwaitingAdapters"/)
    t.match(output, /"name" ?: ?"workers"/)
    t.match(
      output,
      /Available True\nReady True\nReconciled True\nLastKnownReconciled True\nValidationSuccessful True\nDnsSuccessful True\n/,
    )
    t.match(output, /HTTP\/1.1 204 No Content[\s\S]*hyperfleet-discarded: future-generation/)
    t.match(output, /\nmy-cluster\n$/)

    // By the command line, on the same server.
    const home = { XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder }
    const lines = await walk(block('cli-walk').replaceAll('http://localhost:8000', api), root, home)
    t.match(lines, /1 of 2 required adapters/, 'explain')
    t.match(lines, /\ncluster\/second Ready=True\n/)
    t.match(lines, /\ncluster\/second .* True +True [\s\S]*\n {2}nodepool\/second-workers /)
    t.match(lines, /\ncluster\/second\n$/)
  })

  t.test('ends in Ready with the one adapter of the quick start', async (t) => {
    const folder = await temporaryFolder(t)
    const { api } = await quickStart(t, { HYPERFLEET_DATABASE_EMBEDDED_DIR: `${folder}/postgres` })
    const script = block('walk')
      .replaceAll('http://localhost:8000', api)
      .replaceAll('"validation"', '"validator"')
    const output = await walk(script, folder)
    t.match(
      output,
      /Available True\nReady True\nReconciled True\nLastKnownReconciled True\nValidatorSuccessful True\n/,
    )
    t.match(output, /\nmy-cluster\n$/)
  })
})

t.test('the tokens of the README', async (t) => {
  const folder = await temporaryFolder(t)
  const own = (script: string) => script.replaceAll('dev-token --', `dev-token -- --dir ${folder}/dev-issuer`)
  const environment = own(block('token-start')).replace('npm start', 'env')
  const settings = (await walk(environment, root)).split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2))
  const { api } = await quickStart(t, {
    ...Object.fromEntries(settings.filter(([name]) => name?.startsWith('HYPERFLEET_SERVER_JWT'))),
    HYPERFLEET_DATABASE_EMBEDDED_DIR: `${folder}/postgres`,
  })
  t.equal((await fetch(`${api}/api/hyperfleet/v1/clusters`)).status, 401, 'nobody is let in without one')
  const script = own(block('token')).replaceAll('http://localhost:8000', api)
  t.equal(JSON.parse(await walk(script, root)).created_by, 'me@example.com')
  t.equal(statSync(`${folder}/dev-issuer/private.json`).mode & 0o777, 0o600)
  t.notMatch(readFileSync(`${folder}/dev-issuer/jwks.json`, 'utf8'), /"d":/)

  const again = await walk(own('npm run -s dev-token -- --email you@example.com'), root)
  const headers = { authorization: `Bearer ${again.trim()}` }
  t.match(again, /^[\w-]+\.[\w-]+\.[\w-]+\n$/, 'the token and nothing else')
  t.equal((await fetch(`${api}/api/hyperfleet/v1/clusters`, { headers })).status, 200, 'the keys are kept')
})

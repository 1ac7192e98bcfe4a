import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import t from 'tap'
import { quickStart, temporaryFolder } from './processes.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

/** The block of commands after a mark in the README. */
function block(mark: string): string {
  const [, commands] = new RegExp(`<!-- ${mark} -->\\n\`\`\`sh\\n([\\s\\S]*?)\`\`\``).exec(readme) ?? []
  if (!commands) throw new Error(`the README has no block ${mark}`)
  return commands
}

async function walk(script: string, folder: string): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder })
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

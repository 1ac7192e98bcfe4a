/**
 * Libraries that check requests and answers by the document accept those of a running server, and no others.
 * VALIDATORS names the libraries; libopenapi is looked at on request only, for it takes a quarter of an hour to build.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { composedFile, manyKinds } from '../composed.ts'
import { find } from '../helm/helm.ts'
import { root, temporaryFolder } from '../processes.ts'
import { type Exchange, record } from './exchanges.ts'

interface Validator {
  command: string[]
  skip: string | false
}

const folder = join(root, 'test/contract')
const python = ['python3', 'python'].map(find).find(Boolean) ?? 'python3'
const core = spawnSync(python, ['-c', 'import openapi_core']).status === 0
const go = find('go')

const ofGo = (name: string): Validator => ({
  command: [go ?? 'go', 'run', '-tags', name, './validate', name],
  skip: go ? false : 'there is no go on the PATH',
})
const validators: Record<string, Validator> = {
  'kin-openapi': ofGo('kin-openapi'),
  libopenapi: ofGo('libopenapi'),
  'openapi-core': {
    command: [python, 'validate/openapi_core.py'],
    skip: core ? false : 'python3 has no openapi_core',
  },
}
const names = (process.env.VALIDATORS ?? 'kin-openapi,openapi-core').split(',')

const { document, exchanges } = await record(t)

/** An exchange whose answer is not of its schema. */
function corrupt(name: string): Exchange {
  const found = exchanges.find((each) => each.name === name)
  if (!found) throw new Error(`there is no ${name}`)
  const body = JSON.stringify({ ...JSON.parse(found.response.body), generation: 'one', code: 1 })
  return { ...found, name: `${name}, corrupted`, response: { ...found.response, body } }
}

/** Runs a library on a document and exchanges. */
async function run(t: Test, [program = '', ...args]: string[], document: string, given: Exchange[]) {
  const files = await temporaryFolder(t)
  writeFileSync(join(files, 'document.json'), document)
  writeFileSync(join(files, 'exchanges.json'), JSON.stringify(given))
  const inputs = ['document.json', 'exchanges.json'].map((each) => join(files, each))
  return spawnSync(program, [...args, ...inputs], { cwd: folder, encoding: 'utf8' })
}

const looked = [...exchanges, corrupt('get: 200'), corrupt('get what is not there: 404')]

t.test('the exchanges are those that are meant', async (t) => {
  t.strictSame(
    exchanges.map(({ name }) => name),
    [
      'create: 201',
      'get: 200',
      'create what was read: 201',
      'list: 200',
      'list with search: 200',
      'get what is known: 304',
      'patch: 200',
      'merge patch: 200',
      'patch of another version: 412',
      'report: 200',
      'late report: 204',
      'list of reports: 200',
      'create a node pool: 201',
      'create what breaks rules: 400',
      'get what is not there: 404',
      'delete: 202',
      'schema: 200',
      'compatibility: 200',
    ],
  )
})

for (const name of names) {
  const { command, skip } = validators[name] ?? { command: [], skip: false }
  t.test(`${name} accepts them`, { skip }, async (t) => {
    const { stdout, stderr, status } = await run(t, command, document, looked)
    if (!t.equal(status, 0, stderr)) return
    const verdicts = JSON.parse(stdout) as { name: string; request: string; response: string }[]
    t.strictSame(
      verdicts.map((each) => each.name),
      looked.map((each) => each.name),
    )
    for (const verdict of verdicts) {
      if (verdict.name === 'create what breaks rules: 400') t.match(verdict.request, /name|pattern/i)
      else t.equal(verdict.request, '', `request of ${verdict.name}`)
      if (verdict.name.endsWith(', corrupted'))
        t.match(verdict.response, /generation|code|integer|string/, verdict.name)
      else t.equal(verdict.response, '', `answer of ${verdict.name}`)
    }
  })

  t.test(`${name} accepts a document with kinds of the configuration`, { skip }, async (t) => {
    const composed = parse(readFileSync(await composedFile(t, manyKinds), 'utf8'))
    t.match(Object.keys(composed.paths).join(' '), '/halls/{hall_id}/racks')
    const accepted = await run(t, command, JSON.stringify(composed), [])
    t.equal(accepted.status, 0, accepted.stderr)
    composed.components.schemas.Rack.type = 'shelf'
    t.not((await run(t, command, JSON.stringify(composed), [])).status, 0, 'and refuses an invalid one')
  })
}

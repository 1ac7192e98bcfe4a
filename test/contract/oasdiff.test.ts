/** What has changed since the last release in a way that breaks clients is listed, with a reason, and nothing else is. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { composedFile, manyKinds } from '../composed.ts'
import { find } from '../helm/helm.ts'
import { root, temporaryFolder } from '../processes.ts'

interface Change {
  change: string
  text: string
  times: number
  reason: string
}

const folder = join(root, 'test/contract')
const released = join(folder, 'released.yaml')
const listed: Change[] = parse(readFileSync(join(folder, 'breaking-changes.yaml'), 'utf8'))
const nameOf = ({ change, text }: Pick<Change, 'change' | 'text'>) => `${change}: ${text}`

/** How often each breaking change occurs between two documents. Schemas are compared with what their allOf comes to. */
function breaking(base: string, revision: string): Map<string, number> {
  const args = ['tool', 'oasdiff', 'breaking', '--flatten-allof', '--format=json', base, revision]
  const { status, stdout, stderr } = spawnSync(find('go') ?? 'go', args, { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr + stdout)
  const counts = new Map<string, number>()
  for (const { id, text } of JSON.parse(stdout) as { id: string; text: string }[]) {
    const name = nameOf({ change: id, text: text.replace(/(?<=status )`\d+`/, '`*`') })
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}

/** The changes that are not listed as often as they occur, and those that are listed more often. */
function differences(found: Map<string, number>): string[] {
  const expected = new Map(listed.map((each) => [nameOf(each), each.times]))
  return [...new Set([...found.keys(), ...expected.keys()])]
    .filter((name) => found.get(name) !== expected.get(name))
    .map((name) => `${name} (occurs ${found.get(name) ?? 0} times, listed ${expected.get(name) ?? 0})`)
}

const skip = find('go') ? false : 'there is no go on the PATH: oasdiff does not run'

t.test('breaking changes since the release', { skip }, async (t) => {
  t.strictSame(differences(breaking(released, join(root, 'openapi.yaml'))), [])
  for (const each of listed) t.match(each.reason, /\w+ \w+/, nameOf(each))
})

t.test(
  'a change that is not listed is found, and a listed one that no longer occurs',
  { skip },
  async (t) => {
    const changed = join(await temporaryFolder(t), 'changed.yaml')
    writeFileSync(changed, readFileSync(released, 'utf8').replaceAll('maxLength: 53', 'maxLength: 52'))
    const found = differences(breaking(released, changed))
    t.equal(found.length, listed.length + 1)
    t.match(found[0], /^request-property-max-length-decreased: .*`name`.*\(occurs 1 times, listed 0\)$/)
    for (const each of listed)
      t.ok(found.includes(`${nameOf(each)} (occurs 0 times, listed ${each.times})`), nameOf(each))
  },
)

t.test(
  'kinds of the configuration change nothing for clients of Cluster and NodePool',
  { skip },
  async (t) => {
    const own = (more: object = {}) => [
      { kind: 'Cluster', required_adapters: [], ...more },
      { kind: 'NodePool', required_adapters: [] },
    ]
    const without = await composedFile(t, own())
    t.strictSame([...breaking(without, await composedFile(t, manyKinds))], [])
    const narrower = breaking(without, await composedFile(t, own({ name_max_len: 52 })))
    t.match([...narrower.keys()], [/^request-property-max-length-decreased: .*`name`/])
  },
)

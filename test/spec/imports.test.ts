/** The structure of the code: which folder may import which, and how much stands in one place. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import t from 'tap'
import { root } from '../processes.ts'

/** Each may import those after it, and none before it. */
const layers = ['commands', 'handlers', 'server', 'search', 'cel', 'generated', 'lib']

/** The command line of callers stands on the document alone: it imports these, and nothing imports it. */
const clientSide = ['cli', 'generated', 'lib']

const files = [...new Set([...layers, ...clientSide])].flatMap((layer) =>
  readdirSync(join(root, layer), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|js)$/.test(file))
    .map((file) => join(layer, file)),
)

/** The files that a file imports by a relative path, types included. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  const found = [...text.matchAll(/\b(?:from|import)\s*\(?\s*'(\.[^']*)'/g)]
  return found.map(([, path = '']) => normalize(join(dirname(file), path)))
}

const layerOf = (file: string) => file.split('/')[0] ?? ''

t.test('imports run one way', async (t) => {
  const edges = files.flatMap((file) => importsOf(file).map((imported) => ({ file, imported })))
  t.ok(edges.length > files.length, `${edges.length} imports`)
  const backwards = edges.filter(({ file, imported }) =>
    layerOf(file) === 'cli'
      ? !clientSide.includes(layerOf(imported))
      : layers.indexOf(layerOf(imported)) < layers.indexOf(layerOf(file)),
  )
  // A folder that is not among the layers, such as test/ and cli/, has the index -1.
  t.strictSame(backwards, [])
})

t.test('the package holds each file that its program imports', async (t) => {
  const { bin, files: packed } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const reached = new Set<string>(Object.values<string>(bin).map(normalize))
  for (const file of reached) for (const imported of importsOf(file)) reached.add(imported)
  t.ok(reached.size > 100, `${reached.size} files`)
  t.strictSame(
    [...reached].filter(
      (file) => !packed.some((entry: string) => file === entry || file.startsWith(`${entry}/`)),
    ),
    [],
  )
})

t.test('a name stands for one file', async (t) => {
  const named = files.filter((file) => layerOf(file) !== 'generated').map((file) => basename(file))
  t.strictSame(
    named.filter((name, index) => named.indexOf(name) !== index),
    [],
  )
})

t.test('a folder of the server holds no more than can be seen at once', async (t) => {
  const counts = new Map<string, number>()
  for (const file of files.filter((each) => layerOf(each) === 'server'))
    counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1)
  for (const [folder, count] of counts) t.ok(count <= 12, `${folder}: ${count}`)
})

t.test('imports within the server are at most eight levels deep, and run in no circle', async (t) => {
  const own = files.filter((file) => layerOf(file) === 'server')
  const levels = new Map<string, number>()
  const levelOf = (file: string, above: string[]): number => {
    if (above.includes(file)) throw new Error(`a circle of imports: ${[...above, file].join(' → ')}`)
    const known = levels.get(file)
    if (known !== undefined) return known
    const inner = importsOf(file).filter((imported) => own.includes(imported))
    const level = 1 + Math.max(0, ...inner.map((imported) => levelOf(imported, [...above, file])))
    levels.set(file, level)
    return level
  }
  const deepest = own.toSorted((one, other) => levelOf(other, []) - levelOf(one, []))[0] ?? ''
  t.ok(levelOf(deepest, []) <= 8, `${deepest}: ${levelOf(deepest, [])}`)
})

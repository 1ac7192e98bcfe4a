/** What a release is made of: the package of npm, and the image that is built from it. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { base } from '../application.ts'
import { buildConsole } from '../browser/console-server.ts'
import { createEmptyDatabase } from '../databases.ts'
import { findFreePorts, type Run, root, serving, temporaryFolder, until } from '../processes.ts'
import { build, instructions, wordsOf } from './containerfile.ts'

const metadata = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
/** The environment of somebody who has nothing but Node: neither settings nor what npm sets for scripts. */
const plain = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' }

t.test('the package serves by npx in a clean folder', async (t) => {
  // A path may be a pattern of files, too.
  const folder = join(await temporaryFolder(t), 'a [clean] (folder)')
  mkdirSync(folder)
  buildConsole()
  npm(['pack', '--ignore-scripts', '--pack-destination', folder], root)
  writeFileSync(join(folder, 'package.json'), '{}')
  const tarball = join(folder, `hyperfleet-api-${metadata.version}.tgz`)
  // The embedded PostgreSQL is left out, for it is large; tsx is what an older Node needs.
  npm(['install', '--omit=optional', tarball, `tsx@${metadata.optionalDependencies.tsx}`], folder)

  const own = join(folder, 'node_modules/hyperfleet-api')
  t.same(
    readdirSync(own).filter((name) => /^(test|bench|docs|helm|\..*)$/.test(name)),
    [],
    'what is not needed',
  )
  for (const [name, version] of Object.entries(metadata.dependencies)) {
    const installed = JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'))
    t.equal(installed.version, version, `${name} as it was tested`)
  }
  const npx = ['--offline', 'hyperfleet-api', 'version']
  t.equal(execFileSync('npx', npx, { cwd: folder, env: plain, encoding: 'utf8' }), `${metadata.version}\n`)
  // What npx runs; npx itself would keep the signals to itself.
  const program = [join(folder, 'node_modules/.bin/hyperfleet-api')]
  await walk(t, program, { cwd: folder })
})

t.test('both base images can be named by digest, and the image says which one it is on', async (t) => {
  const [build, runtime] = ['node', 'distroless'].map((name) => `${name}@sha256:${'0'.repeat(64)}`)
  const made = instructions({ BUILD_IMAGE: build ?? '', RUNTIME_IMAGE: runtime ?? '' })
  const [from, final, label] = made.filter((each) => /^(FROM|LABEL)$/.test(each.getKeyword())).map(wordsOf)
  t.same([from, final], [[build, 'AS', 'build'], [runtime]])
  t.ok(label?.includes(`org.opencontainers.image.base.name="${runtime}"`), `${label}`)
})

t.test('the image', async (t) => {
  const folder = await temporaryFolder(t)
  // Other users go through here.
  chmodSync(folder, 0o755)
  const node = installNode(folder)
  if (!node) {
    t.pass('the image', { skip: 'the Node of the image cannot be installed here' })
    return
  }
  const image = build(folder)
  const program = [image.entrypoint[0] === '/nodejs/bin/node' ? node : '', ...image.entrypoint.slice(1)]
  const cwd = join(image.folder, image.workdir)
  t.equal(image.user, '65532:65532')
  t.same(image.cmd, ['serve'])
  t.match(image.base, `nodejs${majorOfNode()}-`, 'both stages are of one Node')

  const listed = JSON.parse(readFileSync(join(cwd, 'sbom.cdx.json'), 'utf8')).components
  const installed = readdirSync(join(cwd, 'node_modules'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /(^|node_modules\/)(@[^/]+\/)?[^/@]+\/package\.json$/.test(file))
    .map((file) => JSON.parse(readFileSync(join(cwd, 'node_modules', file), 'utf8')))
    .map(({ name, version }) => `${name}@${version}`)
  t.same(
    [...new Set(installed)].sort(),
    [...new Set(listed.map(({ 'bom-ref': ref }: { 'bom-ref': string }) => ref))].sort(),
    'what is in it is what its bill of materials says',
  )
  t.comment(`/app holds ${(bytesIn(cwd) / 1e6).toFixed(0)} MB`)

  const before = listing(cwd)
  const users = process.getuid?.() === 0 ? [image.user, '1000680000:0'] : [undefined]
  for (const user of users) {
    await t.test(`as the user ${user ?? 'of the test'}`, async (t) => {
      const [uid, gid] = user?.split(':').map(Number) ?? []
      // There is no folder that could be written to, not even a temporary one.
      await walk(
        t,
        program,
        { cwd, uid, gid, env: { ...image.env, PATH: '', HOME: '/', TMPDIR: '/nonexistent' } },
        image.cmd,
      )
    })
  }
  t.same(listing(cwd), before, 'nothing was written')
})

const skip = spawnSync('hadolint', ['--version']).error ? 'there is no hadolint on the PATH' : false
t.test('hadolint has nothing to say of the Containerfile', { skip }, async (t) => {
  const { status, stdout } = spawnSync('hadolint', ['Containerfile'], { cwd: root, encoding: 'utf8' })
  t.equal(status, 0, stdout)
})

interface Place {
  cwd: string
  uid?: number
  gid?: number
  env?: Record<string, string>
}

/** Migrates an empty database, serves on it, creates a cluster, looks at the page, checks it all and ends. */
async function walk(t: Test, [command = '', ...program]: string[], place: Place, serve = ['serve']) {
  const url = await createEmptyDatabase()
  const [port, health] = await findFreePorts(2)
  const settings = {
    ...serving(url),
    HYPERFLEET_SERVER_PORT: String(port),
    HYPERFLEET_HEALTH_PORT: String(health),
  }
  const run = (...args: string[]): Run => {
    const child = spawn(command, [...program, ...args], {
      ...place,
      env: { ...plain, ...settings, ...place.env },
    })
    const output = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text
      })
    }
    return { child, output, ended: once(child, 'close').then(([code]) => code) }
  }

  const migration = run('migrate')
  t.equal(await migration.ended, 0, migration.output.stderr)
  const server = run(...serve)
  t.teardown(() => server.child.kill('SIGKILL'))
  const isReady = () =>
    fetch(`http://127.0.0.1:${health}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
  await until('the server is ready', server, isReady)
  const api = `http://127.0.0.1:${port}`
  const created = await fetch(`${api}${base}/clusters`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"kind":"Cluster","name":"released","spec":{}}',
  })
  t.equal(created.status, 201)
  t.match(await created.json(), { name: 'released', generation: 1 })
  const { build_time } = (await (await fetch(`${api}/api/hyperfleet/v1`)).json()) as { build_time: string }
  t.ok(Math.abs(Date.now() - Date.parse(build_time)) < 3600_000, `built at ${build_time}`)
  const page = await fetch(`${api}/openapi-ui/`)
  t.equal(page.status, 200)
  t.match(await page.text(), /swagger-ui/)
  const shown = await fetch(`${api}/console/`, { headers: { accept: 'text/html' } })
  t.equal(shown.status, 200)
  const [, script] = /src="([^"]+\.js)"/.exec(await shown.text()) ?? []
  t.equal((await fetch(`${api}${script}`)).status, 200, 'the console was built')
  const verification = run('verify')
  t.equal(await verification.ended, 0, verification.output.stdout)
  t.equal(server.output.stderr, '')
  server.child.kill('SIGTERM')
  t.equal(await server.ended, 0, server.output.stdout.slice(-600))
}

function npm(args: string[], cwd: string) {
  execFileSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    env: plain,
    stdio: 'pipe',
  })
}

/** The Node that the image runs on, from npm; undefined where there is none for this machine. */
function installNode(folder: string): string | undefined {
  const prefix = join(folder, 'node')
  mkdirSync(prefix)
  writeFileSync(join(prefix, 'package.json'), JSON.stringify({ allowScripts: { node: true } }))
  const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund', `node@${majorOfNode()}`], {
    cwd: prefix,
    env: plain,
  })
  const node = join(prefix, 'node_modules/node/bin/node')
  return status === 0 && existsSync(node) ? node : undefined
}

const majorOfNode = () => {
  const [image = ''] = wordsOf(instructions().find((each) => each.getKeyword() === 'FROM'))
  return /node:(\d+)/.exec(image)?.[1] ?? ''
}

const files = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())

const listing = (folder: string) =>
  files(folder).map(
    ({ parentPath, name }) => `${join(parentPath, name)} ${statSync(join(parentPath, name)).mtimeMs}`,
  )

const bytesIn = (folder: string) =>
  files(folder).reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)

/** Contexts, tokens, flags that go before them, and the table of exit codes. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { exitCodes } from '../../cli/exit-codes.ts'
import { createIssuer, inSeconds, trusting } from '../issuers.ts'
import { root } from '../processes.ts'
import { commandLine, startServer } from './command-line.ts'

t.test('contexts', async (t) => {
  const issuer = await createIssuer(t)
  const server = await startServer(t, {
    ...trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url }),
    HYPERFLEET_SERVER_AUTHORIZATION_RULES: JSON.stringify([
      { name: 'reads', effect: 'allow', verbs: ['get', 'list'], kinds: ['*'] },
    ]),
  })
  const token = await issuer.token('first', { exp: inSeconds(3600) })
  const { run, env } = await commandLine(t)
  const file = join(env.XDG_CONFIG_HOME ?? '', 'hyperfleet/config.yaml')

  t.match(await run(['get', 'clusters']), { code: 2, stderr: /no server is named/ })
  t.match(await run(['config', 'current-context']), { code: 1, stderr: /no current context/ })
  t.match(await run(['config', 'set-context', 'test', '--server', server.api, '--token', token]), { code: 0 })
  t.equal(statSync(file).mode & 0o777, 0o600)
  t.match(await run(['config', 'current-context']), { stdout: 'test\n' })
  t.match(await run(['get', 'clusters']), { code: 0, stderr: 'nothing found\n' })
  const listed = await run(['config', 'get-contexts'])
  t.match(listed.stdout, /^CURRENT +NAME +SERVER +TOKEN\n\* +test +http\S+ +\(set\)\n$/)
  t.notMatch((await run(['config', 'get-contexts', '-o', 'yaml'])).stdout, token)

  t.match(await run(['create', 'cluster', 'one']), { code: 4, stderr: /^error: HYPERFLEET-AUZ-001 / })
  t.match(await run(['can-i', 'create', 'cluster']), {
    code: 1,
    stdout: 'no\n',
    stderr: /HYPERFLEET-AUZ-001/,
  })
  t.match(await run(['can-i', 'list', 'clusters']), { code: 0, stdout: 'yes\n' })
  t.match(await run(['get', 'clusters', '--token', 'nonsense']), { code: 4, stderr: /HYPERFLEET-AUT-002/ })
  const other = { env: { HYPERFLEET_SERVER: server.api.replace('127.0.0.1', 'localhost') } }
  t.match(
    await run(['get', 'clusters'], other),
    { code: 4, stderr: /HYPERFLEET-AUT-001/ },
    'a token goes to its server only',
  )
  t.match(await run(['get', 'clusters'], { env: { ...other.env, HYPERFLEET_TOKEN: token } }), { code: 0 })

  writeFileSync(join(env.HOME ?? '', 'token'), `${token}\n`)
  t.match(
    await run([
      'config',
      'set-context',
      'file',
      '--server',
      server.api,
      '--token-file',
      join(env.HOME ?? '', 'token'),
    ]),
    { code: 0 },
  )
  t.match(
    await run([
      'config',
      'set-context',
      'command',
      '--server',
      server.api,
      '--token-command',
      'cat "$HOME/token"',
      '--header',
      'X-Trace=1',
    ]),
    { code: 0 },
  )
  t.match(await run(['config', 'current-context']), { stdout: 'test\n' })
  for (const name of ['file', 'command'])
    t.match(await run(['get', 'clusters', '--context', name]), { code: 0 }, name)
  t.match(await run(['config', 'use-context', 'file']), { code: 0 })
  t.match(await run(['config', 'delete-context', 'file']), { code: 0 })
  t.match(await run(['config', 'current-context']), { code: 1 })
  t.match(await run(['config', 'use-context', 'nobody']), {
    code: 2,
    stderr: /no context nobody; there are test, command/,
  })
  t.match(await run(['get', 'clusters', '--context', 'nobody']), { code: 2 })
  t.match(readFileSync(file, 'utf8'), /X-Trace: "1"/)
})

t.test('the document of a server is kept, and asked for again when it has changed', async (t) => {
  const server = await startServer(t)
  const { run, env } = await commandLine(t, server.api)
  t.match(await run(['list', 'channels']), { code: 2, stderr: /has no kind channels/ })
  const folder = join(env.XDG_CACHE_HOME ?? '', 'hyperfleet')
  const [name = ''] = readdirSync(folder)
  const kept = readFileSync(join(folder, name), 'utf8')
  const cached = JSON.parse(kept)
  cached.document['x-kinds'].Channel = { plural: 'channels', base_path: '/api/hyperfleet/v1' }
  writeFileSync(join(folder, name), JSON.stringify(cached))
  t.match(
    await run(['list', 'channels']),
    { code: 2, stderr: /over|below their parent only/ },
    'the document that is kept is used',
  )
  writeFileSync(join(folder, name), JSON.stringify({ ...cached, etag: 'W/"another"' }))
  t.match(await run(['list', 'channels']), { code: 2, stderr: /has no kind channels/ })
  // A server that would take no notice of dry_run is not asked to write.
  const older = kept.replaceAll('"#/components/parameters/dry_run"', '"#/components/parameters/page"')
  writeFileSync(join(folder, name), older)
  t.match(await run(['create', 'cluster', 'one', '--dry-run']), { code: 1, stderr: /no dry runs/ })
  writeFileSync(join(folder, name), kept.slice(0, 1000))
  t.match(await run(['list', 'clusters']), { code: 0 }, 'one that was cut off is read again')
})

t.test('usage', async (t) => {
  const { run } = await commandLine(t, 'http://127.0.0.1:9')
  t.match(await run(['--version']), { code: 0, stdout: /^\d+\.\d+\.\d+\n$/ })
  t.match(await run(['--help']), { code: 0, stdout: /^Usage: hyperfleet / })
  t.match(await run([]), { code: 2, stderr: /^Usage: hyperfleet / })
  t.match(await run(['eat']), { code: 2, stderr: /unknown command 'eat'/ })
  t.match(await run(['get', 'clusters', '--eat']), { code: 2, stderr: /unknown option '--eat'/ })
  t.match(await run(['get', 'clusters', '--limit', '0']), { code: 2 })
  t.match(await run(['get', 'clusters', '--server', 'ftp://somewhere']), {
    code: 2,
    stderr: /must be an http or https URL/,
  })
  t.match(await run(['get', 'clusters']), { code: 7, stderr: /cannot be reached/ })
})

t.test('docs/cli.md has the exit codes and the commands', async (t) => {
  const text = readFileSync(join(root, 'docs/cli.md'), 'utf8')
  const codes = Array.from(text.matchAll(/^\| (\d+) \| ([a-z ]+) \|/gm), ([, code, outcome]) => [
    outcome,
    Number(code),
  ])
  t.same(Object.fromEntries(codes), exitCodes)
  const { createProgram } = await import('../../cli/program.ts')
  for (const command of createProgram().commands.filter((each) => !each.name().startsWith('__')))
    t.match(text, `\`${command.name()}`, command.name())
})

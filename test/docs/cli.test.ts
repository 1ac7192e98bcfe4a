/** The commands of docs/cli.md, in their order, on a server of their own. */
import { execFileSync } from 'node:child_process'
import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { commandLine, program, startServer } from '../cli/command-line.ts'
import { root, temporaryFolder } from '../processes.ts'

const page = readFileSync(join(root, 'docs/cli.md'), 'utf8')

function block(mark: string): string {
  const [, commands] = new RegExp(`<!-- ${mark} -->\\n\`\`\`sh\\n([\\s\\S]*?)\`\`\``).exec(page) ?? []
  if (!commands) throw new Error(`docs/cli.md has no block ${mark}`)
  return commands
}

t.test('the commands of docs/cli.md', async (t) => {
  const server = await startServer(t, { HYPERFLEET_CLUSTER_ADAPTERS: '["validator"]' })
  const { env } = await commandLine(t)
  const folder = await temporaryFolder(t)
  symlinkSync(program, join(folder, 'hyperfleet'))
  const run = (mark: string, more: Record<string, string> = {}) =>
    execFileSync(
      'bash',
      ['-euo', 'pipefail', '-c', block(mark).replaceAll('http://localhost:8000', server.api)],
      {
        cwd: folder,
        env: { ...env, PATH: `${folder}:${env.PATH}`, ...more },
        encoding: 'utf8',
        // With a socket for its input, bash reads the file of a user who logs in from afar.
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
  const there = { HYPERFLEET_SERVER: server.api }

  t.match(run('start'), /cluster\/prod-1 Reconciled=True\n[\s\S]*\n {2}nodepool\/workers /)
  t.match(run('output', there), /^cluster\/prod-1\nTrue\nNAME[\s\S]*workers /)
  t.match(
    run('files', there),
    'cluster/prod-2 created\nnodepool/workers created\ncluster/prod-2 unchanged\nnodepool/workers unchanged\ncluster/prod-2 patched\n--- generation 1\n+++ generation 2\n',
  )
  t.equal(run('export', there), '0 created, 4 already there\n')
  t.match(
    run('contexts'),
    /\n\* +local +http\S+\n +stage +https:\/\/stage.example.com +cat ~\/.stage-token\n/,
  )
})

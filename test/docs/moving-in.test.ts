/** docs/moving-in.md: its steps move a fleet. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { createEmptyDatabase, execute } from '../databases.ts'
import { createReference } from '../imports/reference-database.ts'
import { env } from '../imports/target.ts'
import { root, temporaryFolder } from '../processes.ts'

const page = readFileSync(join(root, 'docs/moving-in.md'), 'utf8')
const blockAfter = (mark: string) =>
  new RegExp(`<!-- ${mark} -->\n\`\`\`sh\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? ''

t.test('the steps move a fleet that changes meanwhile', async (t) => {
  const from = await createReference('head', { clusters: 40, pools: 40, channels: 5 })
  const url = await createEmptyDatabase()
  const folder = await temporaryFolder(t)
  const plain = new URL(from)
  const password = decodeURIComponent(plain.password)
  plain.password = ''
  const variables = [...blockAfter('settings').matchAll(/(\w+)=\S+/g)].map(([, name]) => name)
  t.strictSame(variables, ['HYPERFLEET_DATABASE_URL', 'FROM', 'PGPASSWORD'])
  const run = async (mark: string) => {
    const commands = blockAfter(mark).replaceAll('left-out.jsonl', join(folder, 'left-out.jsonl'))
    t.match(commands, 'npm run import -- --from "$FROM"')
    const { stdout, stderr } = await promisify(execFile)('bash', ['-ec', commands], {
      cwd: root,
      env: {
        PATH: process.env.PATH,
        ...env,
        HYPERFLEET_DATABASE_URL: url,
        FROM: plain.href,
        PGPASSWORD: password,
      },
    })
    return stdout + stderr
  }
  t.match(await run('try'), 'a dry run, nothing is kept: 85 resources imported')
  t.match(await execute(url, 'select count(*)::int as count from resources'), { rows: [{ count: 0 }] })

  const first = await run('import')
  t.match(first, '85 resources imported, 0 updated, 0 unchanged, 0 removed, 0 left out')
  t.match(first, 'all is consistent')

  await execute(
    from,
    `update resources set spec = '{"late": 1}', updated_time = now() where kind = 'Channel'`,
  )
  const last = await run('catch-up')
  t.match(last, '0 resources imported, 5 updated, 80 unchanged, 0 removed, 0 left out')
  t.match(last, 'all is consistent')
  t.equal(readFileSync(join(folder, 'left-out.jsonl'), 'utf8'), '')
})

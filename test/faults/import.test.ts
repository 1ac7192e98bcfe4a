/** Moving a fleet of 20,000 resources: read, checked, served, and whole after any number of kills. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { application } from '../application.ts'
import { createDatabase, execute } from '../databases.ts'
import { createReference, type Release } from '../imports/reference-database.ts'
import { env, rowsOf } from '../imports/target.ts'
import { launch, temporaryFolder } from '../processes.ts'
import { generator, seed } from '../random.ts'

const large = { clusters: 8000, pools: 10_000, channels: 2000 }
const small = { clusters: 800, pools: 1000, channels: 200 }
const KILLS = 10

/** Starts the command; `url` is the database to import into. */
const start = (t: Test, url: string, ...flags: string[]) =>
  launch(t, 'hyperfleet-api', ['import', ...flags], { ...env, HYPERFLEET_DATABASE_URL: url })

async function run(t: Test, url: string, ...flags: string[]) {
  const { ended, output } = start(t, url, ...flags)
  return { code: await ended, text: output.stdout + output.stderr }
}

/** How many resources a database has. */
const countIn = async (url: string): Promise<number> =>
  (await execute(url, 'select count(*)::int as count from resources')).rows[0].count

for (const release of ['v0.2', 'v0.3', 'head'] satisfies Release[])
  t.test(`a fleet of ${release}`, async (t) => {
    const fleet = release === 'head' ? large : small
    const total = fleet.clusters + fleet.pools + fleet.channels
    const from = await createReference(release, fleet)
    const url = await createDatabase(env)
    const report = join(await temporaryFolder(t), 'left-out.jsonl')
    const there = release === 'v0.2' ? total - fleet.channels : total
    const began = performance.now()
    const { code, text } = await run(t, url, '--from', from, '--report', report)
    t.comment(`${release}: ${((performance.now() - began) / 1000).toFixed(1)} s`)
    t.equal(code, 0, text)
    t.match(text, `${there} resources imported, 0 updated, 0 unchanged, 0 removed, 0 left out`)
    t.equal(readFileSync(report, 'utf8'), '')
    t.equal(await countIn(url), there)
    const whole = await rowsOf(url)

    const { ended, output } = launch(t, 'hyperfleet-api', ['verify'], {
      ...env,
      HYPERFLEET_DATABASE_URL: url,
    })
    t.equal(await ended, 0, output.stdout)
    const { call } = await application(t, env, url)
    t.equal((await call('GET', 'clusters?size=1')).body.total, fleet.clusters)
    t.equal((await call('GET', 'nodepools?size=1')).body.total, fleet.pools)

    if (release !== 'head') return
    const again = await run(t, url, '--from', from)
    t.match(
      again.text,
      `0 resources imported, 0 updated, ${there} unchanged, 0 removed, 0 left out; 0 reports`,
    )
    t.strictSame(await rowsOf(url), whole, 'a second run changes nothing')

    const random = generator(seed)
    t.comment(`SEED=${seed}`)
    const resumed = await createDatabase(env)
    let killed = 0
    for (let kill = 1; kill <= KILLS; kill++) {
      const { child, ended } = start(t, resumed, '--from', from)
      // At a share of the rows that rises from kill to kill, or of the time after them: the references, the second run.
      const goal = Math.floor((total * (kill - 1 + random(1000) / 1000)) / (KILLS - 1))
      let isOver = false
      ended.then(() => {
        isOver = true
      })
      while (!isOver && (await countIn(resumed)) < Math.min(goal, total)) await delay(5)
      if (goal >= total) await delay(random(300))
      if (!isOver) killed++
      child.kill('SIGKILL')
      await ended
    }
    t.ok(killed >= KILLS - 1, `${killed} kills hit a process that was at work`)
    const last = await run(t, resumed, '--from', from)
    t.equal(last.code, 0, last.text)
    t.strictSame(await rowsOf(resumed), whole, 'the same rows as without a kill')
  })

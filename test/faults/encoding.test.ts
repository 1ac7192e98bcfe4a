/** Databases that cannot hold every text are refused before anything is written to them. */
import t from 'tap'
import { migrate } from '../../server/db/migrate.ts'
import { StartError } from '../../server/process/start-error.ts'
import { createEmptyDatabase, execute, kinds, testConfig } from '../databases.ts'
import { launch, serving } from '../processes.ts'

/** An empty database of an encoding. */
async function createEncoded(encoding: string): Promise<string> {
  const url = new URL(await createEmptyDatabase())
  const name = `${url.pathname.slice(1)}_${encoding.toLowerCase()}`
  await execute(url.href, `create database ${name} encoding '${encoding}' locale 'C' template template0`)
  url.pathname = name
  return url.href
}

for (const encoding of ['SQL_ASCII', 'LATIN1']) {
  t.test(`a database of ${encoding}`, async (t) => {
    const url = await createEncoded(encoding)
    const words = `server_encoding must be UTF8, and is ${encoding}: create the database with encoding 'UTF8'`
    await t.rejects(migrate(testConfig(url), kinds), { constructor: StartError, message: words })
    const { rows } = await execute(url, `select from pg_class where relnamespace = 'public'::regnamespace`)
    t.equal(rows.length, 0, 'nothing was made in it')
    for (const command of ['serve', 'migrate', 'verify']) {
      const run = launch(t, 'hyperfleet-api', [command], serving(url))
      t.equal(await run.ended, 1, command)
      t.match(run.output.stderr, words, command)
      t.equal(run.output.stderr.trim().split('\n').length, 1, 'in one line')
    }
  })
}

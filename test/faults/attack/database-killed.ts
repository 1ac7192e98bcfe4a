import { execute } from '../../databases.ts'
import type { Fault } from './attack.ts'

export const databaseKilled: Fault = {
  name: 'PostgreSQL is killed (-9) and started again',
  rounds: { short: 1, long: 10 },
  async strike({ database, callers }) {
    await database.kill()
    await callers.failed(1)
    await database.start()
  },
}

export const sessionKilled: Fault = {
  name: 'a session of PostgreSQL is killed (-9), which makes it end all others and recover',
  rounds: { short: 1, long: 10 },
  async strike({ database, callers }) {
    const { rows } = await execute(
      database.url,
      `select pid from pg_stat_activity where application_name = 'hyperfleet-api' limit 1`,
    )
    for (const { pid } of rows) process.kill(pid, 'SIGKILL')
    await callers.failed(1)
    while (!(await execute(database.url, 'select 1').catch(() => undefined)));
  },
}

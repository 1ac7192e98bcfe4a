import { execute } from '../../databases.ts'
import { type Server, streaming } from '../../streaming.ts'
import type { Fault } from './attack.ts'
import { furnish, openScene } from './stage.ts'

export const primaryLost: Fault = {
  name: 'the primary is killed (-9), and its synchronous standby promoted',
  rounds: { short: 1, long: 1 },
  async open(scope, { settings }) {
    const { primary, standby } = await streaming(scope, settings)
    await furnish(primary.url)
    // Of the primary alone: the standby would wait for one of its own once it is promoted.
    await execute(primary.url, `alter system set synchronous_standby_names = '*'`)
    await execute(primary.url, 'select pg_reload_conf()')
    await untilSynchronous(primary)
    return { ...(await openScene(scope, { database: primary, folder: '' })), standby }
  },
  async strike(stage) {
    const { database, standby, way, callers } = stage
    if (!standby) throw new Error('there is no standby')
    await database.kill()
    // While it is not promoted yet, it takes connections, but no writes.
    way.lead(standby.url)
    await callers.failed(20)
    await execute(standby.url, 'select pg_promote()')
    stage.database = standby
  },
}

async function untilSynchronous({ url }: Server): Promise<void> {
  const asked = `select from pg_stat_replication where sync_state = 'sync'`
  for (let tries = 0; tries < 2000; tries++) if ((await execute(url, asked)).rowCount) return
  throw new Error('the standby does not become synchronous')
}

import { execute } from '../../databases.ts'
import { streaming, synchronize } from '../../streaming.ts'
import type { Fault } from './attack.ts'
import { furnish, openScene } from './stage.ts'

export const primaryLost: Fault = {
  name: 'the primary is killed (-9), and its synchronous standby promoted',
  rounds: { short: 1, long: 1 },
  async open(scope, { settings }) {
    const { primary, standby } = await streaming(scope, settings)
    await furnish(primary.url)
    await synchronize(primary)
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

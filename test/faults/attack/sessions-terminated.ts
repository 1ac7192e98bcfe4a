import { execute } from '../../databases.ts'
import type { Fault } from './attack.ts'

export const sessionsTerminated: Fault = {
  name: 'all sessions are ended by pg_terminate_backend',
  rounds: { short: 3, long: 100 },
  async strike({ database }) {
    await execute(
      database.url,
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'hyperfleet-api'`,
    )
  },
}

import type { Fault } from './attack.ts'

export const databaseFrozen: Fault = {
  name: 'PostgreSQL stands still (SIGSTOP), until callers have been told so 16 times',
  rounds: { short: 1, long: 5 },
  async strike({ database, callers }) {
    await database.freeze()
    try {
      await callers.failed(16)
    } finally {
      database.thaw()
    }
  },
}

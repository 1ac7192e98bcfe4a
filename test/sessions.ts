import pg from 'pg'
import type { Test } from 'tap'
import { PATIENCE_MS } from './processes.ts'

/** A session of the test's own, in which it holds locks; it ends with the test. */
export async function openSession(t: Test, url: string): Promise<pg.Client> {
  const session = new pg.Client({ connectionString: url, application_name: 'test' })
  session.on('error', () => {})
  await session.connect()
  t.teardown(() => session.end())
  return session
}

/** Resolves once `count` sessions of the server, or more, wait for a lock; the test then knows how calls interleave. */
export const untilWaiting = (session: pg.Client, count: number) =>
  untilWaits(session, (waiting) => waiting >= count, `${count}`)

/** Resolves once no session of the server waits for a lock any more, though the lock is still held. */
export const untilNoneWaits = (session: pg.Client) => untilWaits(session, (waiting) => waiting === 0, 'none')

/** Resolves once another session waits for a lock that this one holds. */
export const untilBlocking = (session: pg.Client) =>
  poll(async () => {
    // Unlike pg_stat_activity, pg_locks shows each statement of a transaction the present.
    const text = 'select from pg_locks where not granted and pg_backend_pid() = any (pg_blocking_pids(pid))'
    const { rowCount } = await session.query(text)
    return rowCount ? undefined : 'no session waits for a lock of this one'
  })

const untilWaits = (session: pg.Client, isEnough: (waiting: number) => boolean, wanted: string) =>
  poll(async () => {
    // A transaction would be shown the same picture again and again.
    await session.query('select pg_stat_clear_snapshot()')
    const { rows } = await session.query(
      `select count(*)::int as waiting from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock' and application_name <> 'test'`,
    )
    const [{ waiting }] = rows
    return isEnough(waiting) ? undefined : `${waiting} sessions wait for a lock, and not ${wanted}`
  })

/** Looks again and again until nothing is missing any more; rejects with the last thing that was. */
async function poll(missing: () => Promise<string | undefined>) {
  const giveUp = Date.now() + PATIENCE_MS
  for (;;) {
    const message = await missing()
    if (message === undefined) return
    if (Date.now() > giveUp) throw new Error(message)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

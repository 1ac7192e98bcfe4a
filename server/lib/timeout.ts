import { running } from './running.ts'

/** The result of a promise, or `late` when it takes longer than `ms` milliseconds in which this process runs. */
export async function within<Result>(ms: number, promise: Promise<Result>, late: Result): Promise<Result> {
  const ended = new AbortController()
  const passed = running(ms, { signal: ended.signal }).then(() => late)
  return Promise.race([promise, passed]).finally(() => ended.abort())
}

import { Pool } from 'undici'
import type { Figures } from './load.ts'
import { quantile } from './quantile.ts'
import { type Fill, filler } from './requests.ts'

const CONNECTIONS = 50

/** What came of requests that arrive whether those before are answered or not. */
export interface Arrivals extends Figures {
  /** How many should have been answered in a second. */
  rate: number
}

/**
 * Sends so many requests a second, at even distances. Each one's time counts from the moment that it was due, so that a
 * server that falls behind is seen to. Throws unless all succeed.
 */
export async function openLoop(
  base: string,
  work: Fill,
  { rate, seconds }: { rate: number; seconds: number },
): Promise<Arrivals> {
  const { origin, pathname } = new URL(base)
  const pool = new Pool(origin, { connections: CONNECTIONS })
  const next = filler(work)
  const times: number[] = []
  const failures: Error[] = []
  const send = async (due: number) => {
    const { method, path, body = null } = next()
    const headers = body === null ? {} : { 'content-type': 'application/json' }
    const answer = await pool.request({ method, path: pathname + path, body, headers })
    await answer.body.dump({ limit: Number.POSITIVE_INFINITY })
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode}`)
    times.push(performance.now() - due)
  }
  const total = Math.round(rate * seconds)
  const sent: Promise<void>[] = []
  const began = performance.now()
  while (sent.length < total) {
    const due = began + (sent.length / rate) * 1000
    if (due > performance.now()) await new Promise((resolve) => setTimeout(resolve, 1))
    else sent.push(send(due).catch((error) => void failures.push(error)))
    if (failures.length) break
  }
  await Promise.all(sent)
  const perSecond = (total / (performance.now() - began)) * 1000
  await pool.close()
  if (failures[0]) throw failures[0]
  return { rate, requests: total, perSecond, p50: quantile(times, 0.5), p99: quantile(times, 0.99) }
}

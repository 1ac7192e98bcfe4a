import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import type { Test } from 'tap'
import { type Application, application, base } from './application.ts'
import { createDatabase } from './databases.ts'
import { checkAnswer } from './document-check.ts'
import { serving, startReplica } from './processes.ts'

/** How often the memory of the server is looked at, in requests. */
const EVERY = 2000

/** The server as callers know it. */
export interface Served {
  call: Application['call']
  /** What the memory of the server came to now and then, in MB; nothing where it has none of its own. */
  memory: number[]
}

/** A server for a test, on a database of its own: in this process, or with SERVER=process in its own, over a real socket. */
export async function served(t: Test, env: Record<string, string>): Promise<Served> {
  if (process.env.SERVER !== 'process') return { ...(await application(t, env)), memory: [] }
  const { api, child } = await startReplica(t, {
    ...serving(await createDatabase(env)),
    HYPERFLEET_LOGGING_LEVEL: 'error',
    HYPERFLEET_SERVER_MAX_EVENT_LOOP_DELAY: '1m',
  })
  const { hostname: host, port } = new URL(api)
  const agent = new Agent({ keepAlive: true })
  t.teardown(() => agent.destroy())
  const memory: number[] = []
  let calls = 0
  return {
    memory,
    async call(method, path, body, headers = {}) {
      if (calls++ % EVERY === 0)
        memory.push(Math.round(Number(execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)])) / 1024))
      const sent = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
      const url = path.startsWith('/') ? path : `${base}/${path}`
      const asking = request({
        host,
        port,
        agent,
        method,
        path: url,
        headers: { ...(sent !== undefined && { 'content-type': 'application/json' }), ...headers },
      }).end(sent)
      const [response] = (await once(asking, 'response')) as [IncomingMessage]
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk)
      const text = Buffer.concat(chunks).toString()
      const answer = {
        status: response.statusCode ?? 0,
        headers: response.headers,
        text,
        body: /json/.test(String(response.headers['content-type'])) && text ? JSON.parse(text) : undefined,
      }
      checkAnswer(method, url, answer, sent)
      return answer
    },
  }
}

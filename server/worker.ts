/** One worker process of several (`server.workers`): as the first process sees it, and what it does itself. */
import cluster, { type Worker } from 'node:cluster'
import type { Readable } from 'node:stream'
import { inspect } from 'node:util'
import closeWithGrace, { type Signals } from 'close-with-grace'
import type { FastifyBaseLogger } from 'fastify'
import { pino } from 'pino'
import type { MetricObject } from 'prom-client'
import type { Config } from './config/load.ts'
import { loadDocument } from './document.ts'
import { createLogger } from './observability/logger.ts'
import { masked } from './observability/masking.ts'
import { openService, type Service } from './service.ts'
import { StartError } from './start-error.ts'

/** What the first process asks a worker, and what that answers. */
interface Answers {
  start: { address: string } | { failed: string }
  fault: string | undefined
  readings: MetricObject[]
  end: unknown
}

/** Signals that may go to all processes of a terminal or a service at once: only the first process follows them. */
const SIGNALS: Signals[] = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM']

/** A worker, as the first process sees it. */
export class Hand {
  readonly worker: Worker = cluster.fork()
  /** Resolves with how it ended, once all that it wrote has been written down. */
  readonly ended: Promise<string>
  /** On the clock of `performance`; infinite as long as it does not serve. */
  servesSince = Number.POSITIVE_INFINITY
  /** What it had counted when it was last asked. */
  readings: MetricObject[] = []
  private readonly asked = new Map<string, Asked>()
  /** Resolves once it hears: what is said before is lost. */
  private readonly hears: Promise<unknown>

  constructor() {
    const { process: child } = this.worker
    writeDown(child.stdout as Readable, 1)
    writeDown(child.stderr as Readable, 2)
    this.ended = new Promise((resolve) => {
      child.once('close', (code, signal) => resolve(signal ?? `code ${code}`))
    })
    this.ended.then((how) => {
      for (const { reject } of this.asked.values())
        reject(new StartError(`worker ${this.worker.id} has ended (${how})`))
    })
    this.hears = new Promise((resolve) => this.worker.once('message', resolve))
    this.worker.on('message', ({ question, answer }) => {
      this.asked.get(question)?.resolve(answer)
      this.asked.delete(question)
    })
    // What cannot be sent to it any more is told by its end.
    this.worker.on('error', () => {})
  }

  /** Resolves with where it serves; throws a StartError when it cannot. */
  async start(config: Config): Promise<string> {
    const answer = await this.ask('start', config)
    if ('failed' in answer) {
      this.ask('end').catch(() => {})
      throw new StartError(answer.failed)
    }
    this.servesSince = performance.now()
    return answer.address
  }

  /** Asks once at a time, however many want to know; rejects when the worker ends before its answer. */
  ask<Question extends keyof Answers>(question: Question, about?: unknown): Promise<Answers[Question]> {
    const known = this.asked.get(question)
    if (known) return known.promise as Promise<Answers[Question]>
    let settle: Omit<Asked, 'promise'> | undefined
    const promise = new Promise<Answers[Question]>((resolve, reject) => {
      settle = { resolve: resolve as Asked['resolve'], reject }
    })
    if (settle) this.asked.set(question, { promise, ...settle })
    this.hears.then(() => this.worker.send({ question, about }))
    return promise
  }
}

interface Asked {
  promise: Promise<unknown>
  resolve(answer: unknown): void
  reject(error: Error): void
}

/** Writes what a worker writes, in whole lines, so that those of several are never mixed up. */
function writeDown(from: Readable, to: number) {
  const out = pino.destination({ dest: to, sync: true })
  let rest = ''
  from.setEncoding('utf8').on('data', (text: string) => {
    const lines = rest + text
    const end = lines.lastIndexOf('\n') + 1
    rest = lines.slice(end)
    if (end) out.write(lines.slice(0, end))
  })
  from.once('end', () => rest && out.write(`${rest}\n`))
}

/** What a worker process does: all that the first process asks of it, and nothing else. It ends with that process. */
export function work(): void {
  let service: Service | undefined
  let logger: FastifyBaseLogger | undefined
  let isEnding = false
  // The first process ends what takes too long.
  const grace = closeWithGrace({ delay: false, logger: false, skip: SIGNALS }, async ({ err }) => {
    isEnding = true
    if (err) logger?.fatal({ err }, 'the worker ends after an error')
    await service?.close()
  })
  for (const signal of SIGNALS) process.on(signal, () => {})
  const answers: { [Question in keyof Answers]: (about: never) => Promise<Answers[Question]> } = {
    async start(config: Config) {
      try {
        logger = createLogger(config.logging, cluster.worker?.id) as unknown as FastifyBaseLogger
        service = await openService(config, loadDocument({ defaultSize: config.lists.default_size }), logger)
        return { address: await service.start() }
      } catch (error) {
        return { failed: masked(error instanceof StartError ? error.message : inspect(error)) }
      }
    },
    fault: async () => (isEnding ? 'a worker ends' : service?.fault()),
    readings: async (isCounting: boolean) => (await service?.readings(isCounting))?.getMetricsAsJSON() ?? [],
    end: async () => grace.close(),
  }
  process.on('message', async ({ question, about }: { question: keyof Answers; about: never }) => {
    const answer = await answers[question](about)
    process.send?.({ question, answer })
  })
  process.send?.({})
}

import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { isRetried, type Transaction } from '../../db/database.ts'
import { DatabaseUnavailable, RequestAborted } from '../../db/database-errors.ts'
import { textsWithin } from '../../lib/json-texts.ts'
import { Problem } from '../../problem.ts'
import { idempotencyKey } from '../headers.ts'
import type { RateLimit } from '../rate-limit.ts'
import { textOf } from '../request-body.ts'
import type { BatchRoutes } from './batch-routes.ts'
import { type Asked, BatchedOperation, type Outcome } from './batched-operation.ts'
import type { Given } from './batched-request.ts'
import { SharedTransaction } from './batched-statements.ts'

declare module 'fastify' {
  interface FastifyInstance {
    batches: Batches
  }
}

/** How many writes are sent to the database at once. */
const AT_ONCE = 50

/** How many operations share a transaction where each is for itself. */
const TOGETHER = 100

/** What an idempotency key is for: no kind has this name. */
const SCOPE = 'batch'

/** How a batch, or a part of it, is done. */
interface Mode {
  /** Whether the first operation that fails undoes all. */
  isAtomic: boolean
  /** Whether operations are sent one after another, so that it is known which one fails. */
  isCareful?: boolean
  /** Where the answer is kept; then nothing is done where an operation fails for a passing reason. */
  key?: { caller: string; scope: string; key: string; hash: string; key_ttl: string } | undefined
}

/** What one transaction has done. */
interface Done {
  operations: BatchedOperation[]
  outcomes: Outcome[]
}

/** An operation has failed, and with it an atomic batch. */
class OperationFailed extends Error {
  readonly operation: BatchedOperation

  constructor(operation: BatchedOperation, cause: unknown) {
    super('an operation has failed', { cause })
    this.operation = operation
  }
}

/** A statement of several operations has failed: they are done once more, one after another. */
class NotTogether extends Error {}

/** The answer to a repeated batch. */
class Kept extends Error {
  readonly body: string

  constructor(body: string) {
    super('the batch was done before')
    this.body = body
  }
}

/** Runs batches: many writes in one request, each as if it were a request of its own. */
export class Batches {
  private readonly routes: BatchRoutes
  private readonly limit: RateLimit | undefined

  /** `limit` counts each operation of a batch. */
  constructor(routes: BatchRoutes, limit: RateLimit | undefined) {
    this.routes = routes
    this.limit = limit
  }

  /**
   * Runs a batch whose body is valid; resolves with the body of the answer.
   *
   * Refuses: 429 too many operations of one caller; 409 and 422 as the Idempotency-Key of a create; of an atomic batch, as its first
   * operation that fails.
   */
  async run(request: FastifyRequest): Promise<string> {
    const { atomic, operations } = request.body as { atomic: boolean; operations: Given[] }
    // The batch itself is counted already.
    for (let count = 1; count < operations.length; count++) await this.limit?.(request)
    const text = textOf(request)
    const texts = textsWithin(text, 'operations', 'body')
    const asked = operations.map((each, index) => ({ ...each, index, text: texts[index] }))
    const key = keyOf(request, text)
    try {
      if (atomic || key || !request.database.isKept)
        return conclude(await this.attempt(request, asked, { isAtomic: atomic, key }))
      return await this.runParts(request, asked)
    } catch (error) {
      if (error instanceof Kept) return error.body
      if (error instanceof OperationFailed) throw failureOf(error)
      throw error
    }
  }

  /** Runs operations each for itself, some of them in one transaction; answers for each what has been committed. */
  private async runParts(request: FastifyRequest, asked: Asked[]): Promise<string> {
    const done: Done[] = []
    let failure: unknown
    for (let at = 0; at < asked.length; at += TOGETHER) {
      const part = asked.slice(at, at + TOGETHER)
      try {
        if (failure) throw failure
        done.push(await this.attempt(request, part, { isAtomic: false }))
      } catch (error) {
        if (error instanceof RequestAborted) throw error
        // Where the database cannot be reached, no more is tried.
        if (error instanceof DatabaseUnavailable) failure = error
        done.push(this.notDone(request, part, error))
      }
    }
    return conclude({
      operations: done.flatMap(({ operations }) => operations),
      outcomes: done.flatMap(({ outcomes }) => outcomes),
    })
  }

  /** Operations of a transaction that was rolled back. */
  private notDone(request: FastifyRequest, part: Asked[], error: unknown): Done {
    const operations = part.map((each) => new BatchedOperation(request, each, this.routes))
    return { operations, outcomes: operations.map((operation) => operation.refused(error)) }
  }

  /** Runs operations in one transaction: together, and where one fails in the database, one after another. */
  private async attempt(request: FastifyRequest, asked: Asked[], mode: Mode): Promise<Done> {
    try {
      return await this.perform(request, asked, mode)
    } catch (error) {
      if (!(error instanceof NotTogether)) throw error
      return this.perform(request, asked, { ...mode, isCareful: true })
    }
  }

  private perform(request: FastifyRequest, asked: Asked[], mode: Mode): Promise<Done> {
    return request.database.transaction(async (statements) => {
      if (mode.key) {
        const { body } = await statements.one('get_kept_answer', mode.key)
        if (body !== null) throw new Kept(body)
      }
      const operations = asked.map((each) => new BatchedOperation(request, each, this.routes))
      for (const operation of operations) await operation.settle(statements)
      const writes = operations.flatMap((operation) => operation.write ?? [])
      if (writes.length)
        await statements.one('lock_batch', { writes: JSON.stringify(writes), tenancy: request.scope.tenancy })
      const outcomes = mode.isCareful
        ? await runAlone(operations, statements, mode)
        : await runTogether(operations, statements, mode)
      const done = { operations, outcomes }
      if (mode.key) await statements.one('upsert_kept_answer', { ...mode.key, body: answerOf(done) })
      return done
    })
  }
}

/** Runs operations in their order, and sends their writes together. Rejects with NotTogether where one fails in the database. */
async function runTogether(
  operations: BatchedOperation[],
  statements: Transaction,
  { isAtomic }: Mode,
): Promise<Outcome[]> {
  const shared = new SharedTransaction(statements)
  const running: Promise<Outcome>[] = []
  let hasFailed = false
  for (const operation of operations) {
    const outcome = operation.run(shared).then((each) => {
      hasFailed ||= each.error !== undefined
      return each
    })
    running.push(outcome)
    await Promise.race([outcome, operation.statements.written])
    if (shared.size >= AT_ONCE) await shared.flush()
    if (shared.failure || (hasFailed && isAtomic)) break
  }
  await shared.flush()
  const outcomes = await Promise.all(running)
  if (shared.failure) throw isOfAll(shared.failure) ? shared.failure : new NotTogether()
  const first = outcomes.findIndex(({ error }) => error !== undefined)
  if (first >= 0 && isAtomic)
    throw new OperationFailed(operations[first] as BatchedOperation, outcomes[first]?.error)
  return outcomes
}

/** Runs operations one after another, and undoes each that fails; the first one that does ends an atomic batch. */
async function runAlone(
  operations: BatchedOperation[],
  statements: Transaction,
  { isAtomic, key }: Mode,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const operation of operations) {
    const run = async () => {
      const shared = new SharedTransaction(statements)
      const running = operation.run(shared)
      await Promise.race([running, operation.statements.written])
      await shared.flush()
      const outcome = await running
      if (outcome.error !== undefined) throw outcome.error
      return outcome
    }
    try {
      outcomes.push(isAtomic ? await run() : await statements.attempt(run))
    } catch (error) {
      if (isOfAll(error)) throw error
      if (isAtomic) throw new OperationFailed(operation, error)
      outcomes.push(operation.refused(error))
      // With a key, nothing is done then: a repeated batch would get the same answer.
      if (key && operation.problemOf(error).status >= 500) throw error
    }
  }
  return outcomes
}

/** Whether an error ends a whole transaction. */
const isOfAll = (error: unknown) =>
  isRetried(error) || error instanceof DatabaseUnavailable || error instanceof RequestAborted

function keyOf(request: FastifyRequest, text: string): Mode['key'] {
  const key = idempotencyKey(request)
  if (key === null) return undefined
  const { caller, server } = request
  const hash = createHash('sha256').update(text).digest('hex')
  return { caller, scope: SCOPE, key, hash, key_ttl: server.settings.idempotency.ttl }
}

/** Tells of operations that are committed; returns the answer. */
function conclude(done: Done): string {
  const answer = answerOf(done)
  for (const [index, operation] of done.operations.entries())
    operation.conclude(done.outcomes[index]?.status ?? 0)
  return answer
}

function answerOf({ operations, outcomes }: Done): string {
  const results = outcomes.map((outcome, index) => {
    if (outcome.error !== undefined) settleProblem(operations[index] as BatchedOperation, outcome)
    const { status, headers, body } = outcome
    const rest = body === undefined ? '' : `,"body":${body}`
    return `{"status":${status},"headers":${JSON.stringify(headers)}${rest}}`
  })
  return `{"results":[${results}]}`
}

/** Writes the problem of an operation into its outcome. */
function settleProblem(operation: BatchedOperation, outcome: Outcome) {
  if (outcome.status) return
  const { status, headers, document } = operation.problemOf(outcome.error)
  Object.assign(outcome, {
    status,
    headers: { ...headers, 'content-type': 'application/problem+json' },
    body: JSON.stringify(document),
  })
}

/** The problem of an atomic batch: that of the operation, which it names. */
function failureOf({ operation, cause }: OperationFailed): Problem {
  const { status, headers, document } = operation.problemOf(cause)
  const { index, request } = operation
  const detail = `Operation ${index} (${request.method} ${request.url.slice(0, 1024)}) failed, and nothing was done: ${document.detail}`
  const code = document.code.replace('HYPERFLEET-', '') as Problem['code']
  return new Problem(code, detail, { status, headers, members: { index, problem: document }, cause })
}

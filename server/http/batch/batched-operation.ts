import type { FastifyRequest } from 'fastify'
import type { Transaction } from '../../db/database.ts'
import { describeRequest } from '../../observability/request-line.ts'
import { Problem } from '../../problem.ts'
import { problemAnswer } from '../error-handler.ts'
import { mediaTypeOf, unstorable } from '../request-body.ts'
import { settlePath } from '../routing/parameters.ts'
import { targetIds } from '../routing/target.ts'
import { type BatchRoutes, type Found, fullPath } from './batch-routes.ts'
import { asReply, BatchedReply, batchedRequest, type Given, headersOf, route } from './batched-request.ts'
import { BatchedStatements, SharedTransaction } from './batched-statements.ts'

/** An operation that a client asks for, and the text of its body. */
export interface Asked extends Given {
  index: number
  text: string | undefined
}

/** How an operation has ended: `error` is what it was refused for. */
export interface Outcome {
  error?: unknown
  status: number
  headers: Record<string, string>
  /** JSON; undefined without a body. */
  body: string | undefined
}

/** One operation of a batch: it passes the steps of its route, as a request of its own does. */
export class BatchedOperation {
  readonly index: number
  readonly request: FastifyRequest
  readonly statements: BatchedStatements
  private readonly reply = new BatchedReply()
  private readonly text: string | undefined
  private found: Found | undefined
  /** Why it was refused before its turn. */
  private refusal: unknown
  /** Whether its locks are left to its turn, since its caller may not be let to write the resource. */
  private isOpen = false

  constructor(batch: FastifyRequest, given: Asked, routes: BatchRoutes) {
    const { index, method, path, text } = given
    this.index = index
    this.text = text
    this.statements = new BatchedStatements(batch.database.isKept)
    this.request = batchedRequest(batch, given, fullPath(path), text, this.statements)
    try {
      if (!path.isWellFormed()) throw new Problem('VAL-000', 'The path has half of a surrogate pair')
      this.found = routes.find(method, this.request.url)
      route(this.request, this.found, headersOf(given))
      settlePath(this.request)
      this.found.operation.admit(this.request, asReply(this.reply))
      this.checkSize()
    } catch (error) {
      this.refusal = error
    }
  }

  /**
   * Decides what authorization has left open, so that only the locks of operations are taken that may be done. Takes no lock itself.
   * Rejects where the transaction has failed.
   */
  async settle(statements: Transaction): Promise<void> {
    if (this.refusal || !this.request.isUndecided) return
    const { request } = this
    const isDone = async () => {
      this.statements.shared = new SharedTransaction(statements)
      await this.found?.operation.authorize(request)
      await this.statements.transaction(async () => {})
    }
    try {
      await statements.attempt(isDone)
    } catch (error) {
      if (!(error instanceof Problem) && !this.isRefusal(error)) throw error
      // By the resource as it is now, which an operation before it may change.
      if (request.database.guard) this.isOpen = true
      else this.refusal = error
    }
  }

  /**
   * What the operation writes, as lock_for_batch takes it; undefined where it takes no locks before its turn. A body has not been
   * checked yet: one that PostgreSQL cannot read is refused in its turn, and must not fail the locks of the others.
   */
  get write(): object | undefined {
    const { target, body, kind } = this.request
    const { verb } = this.found?.operation ?? {}
    if (this.refusal || this.isOpen || !target) return undefined
    const members = (body ?? {}) as Record<string, unknown>
    const references = verb === 'create' || verb === 'update' ? targetIds(members.references) : null
    if (verb !== 'create') return { verb, id: target.id, references }
    const { name } = members
    const write = {
      verb,
      owner_id: target.owner_id,
      kind: target.kind || kind || members.kind,
      name,
      references,
    }
    return unstorable({ text: '', value: [write.kind, name] }).length ? undefined : write
  }

  /** Passes the steps that are left, in a transaction whose locks are taken. Never rejects. */
  async run(shared: SharedTransaction): Promise<Outcome> {
    this.statements.shared = shared
    this.statements.isLooking = false
    try {
      const body = await this.serve()
      if (body !== undefined) this.reply.type('application/json')
      const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body)
      return { status: this.reply.statusCode, headers: this.reply.fields, body: text }
    } catch (error) {
      return this.refused(error)
    }
  }

  /** The outcome of an operation that an error has ended. */
  refused(error: unknown): Outcome {
    return { error, status: 0, headers: {}, body: undefined }
  }

  /** The problem of an outcome, which is logged where the client does not learn of it. */
  problemOf(error: unknown) {
    return problemAnswer(error, this.request)
  }

  /** Does what has waited for the commit, logs and counts the operation. */
  conclude(status: number) {
    for (const work of this.statements.afterwards) work()
    const { request, index } = this
    this.reply.code(status)
    request.server.counters.observeOperation(request, status)
    request.log.info(
      { ...describeRequest(request, asReply(this.reply), status), operation: index },
      'operation',
    )
  }

  private async serve(): Promise<unknown> {
    if (this.refusal) throw this.refusal
    const { request, found } = this
    if (!found) throw new Error('an operation without a route')
    const { operation, bodies } = found
    await operation.authorize(request)
    if (operation.hasBody) {
      await operation.checkSyntax(request)
      const validate = bodies[mediaTypeOf(request)]
      if (validate && !validate(request.body))
        request.validationError = { validation: validate.errors, validationContext: 'body' } as never
    }
    if (operation.hasContent) await operation.checkContent(request)
    return operation.serve(request, asReply(this.reply))
  }

  /** The body must be no larger than that of a request of its own. */
  private checkSize() {
    const { bodyLimit = 0 } = this.request.server.initialConfig
    if (this.text !== undefined && Buffer.byteLength(this.text) > bodyLimit)
      throw new Problem('VAL-010', `The body is larger than ${bodyLimit} bytes`)
  }

  private isRefusal(error: unknown): boolean {
    return String((error as { code?: unknown }).code).startsWith('HF4')
  }
}

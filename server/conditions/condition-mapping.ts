import type { FastifyRequest } from 'fastify'
import { ExpressionError } from '../../cel/cel-errors.ts'
import type { Queries } from '../../generated/sql.ts'
import type { RequestDatabase, Statements, Transaction } from '../db/database.ts'
import { ALL_TENANTS, type Scope } from '../db/scope.ts'
import { type CompiledRule, type ConditionRule, compileRule, type Result } from './condition-rule.ts'
import { type Input, variablesOf } from './variables.ts'

/** A rule that gave no condition for a resource. */
export interface Failure {
  kind: string
  id: string
  type: string
  reason: string
}

/** The violation of a condition that differs from the result of its rule. */
export const NOT_MAPPED = 'a mapped condition is not the result of its rule'

type Stored = Queries['store_mapped_conditions']['row']

/** The results of the rules of one resource. */
interface Evaluated {
  input: Input
  results: Result[]
  /** The types of the stored conditions that are not these results. */
  changed: string[]
}

/**
 * Maps conditions by the rules of kinds (entities[].conditions). The rules in the database are the ones that count, so that
 * all servers apply the same; each set of them is compiled once.
 */
export class ConditionMapping {
  /** The kinds with rules, and those that have one below them. */
  private readonly own = new Set<string>()
  private readonly tops = new Set<string>()
  private readonly compiled = new Map<string, CompiledRule[]>()
  private readonly fail: (failure: Failure) => void

  /** `rows` are the kinds as the table of kinds has them; `fail` is called for each failure. */
  constructor(rows: KindRules[], fail: (failure: Failure) => void) {
    this.fail = fail
    this.follow(rows)
  }

  /**
   * From here on, the rules of these kinds are evaluated, too. Returns a line for each rule that this release cannot compile,
   * and that fails at each evaluation.
   */
  follow(rows: KindRules[]): string[] {
    const parents = new Map(rows.map(({ kind, parent_kind }) => [kind, parent_kind]))
    for (const { kind, condition_rules } of rows) {
      if (condition_rules === '[]') continue
      this.own.add(kind)
      for (let at: string | null = kind; at; at = parents.get(at) ?? null) this.tops.add(at)
    }
    return rows.flatMap(({ kind, condition_rules }) =>
      (JSON.parse(condition_rules) as ConditionRule[]).flatMap((rule) => faultOf(rule, kind) ?? []),
    )
  }

  /** Whether a write of a resource of this kind has conditions to map; a deletion reaches those below it, too. */
  concerns(kind: string, isDelete = false): boolean {
    return (isDelete ? this.tops : this.own).has(kind)
  }

  /** Evaluates the rules for inputs as condition_inputs gives them. */
  evaluate(inputs: string | null, isKept = true): Evaluated[] {
    return (JSON.parse(inputs ?? '[]') as Input[]).map((input) => {
      const rules = this.rulesOf(input)
      const results = resultsOf(rules, input)
      for (const result of results)
        if ('failed' in result && isKept)
          this.fail({ kind: input.resource.kind, id: input.id, type: result.type, reason: result.failed })
      return {
        input,
        results,
        changed: rules.map(({ type }) => type).filter((type) => differs(input.resource, type, results)),
      }
    })
  }

  /**
   * Stores the results that differ; resolves with the resources that were written. With `isLast`, nothing follows in the
   * transaction.
   */
  async store(statements: Transaction, evaluated: Evaluated[], isLast = true): Promise<Stored[]> {
    const changed = evaluated.filter(({ changed }) => changed.length)
    if (!changed.length) return []
    const changes = changed.map(({ input: { id, version }, results }) => ({ id, version, results }))
    const parameters = { changes: JSON.stringify(changes) }
    return isLast
      ? statements.finish('store_mapped_conditions', parameters)
      : statements.all('store_mapped_conditions', parameters)
  }

  /**
   * Maps the conditions of all resources of a kind, as `migrate` does when the rules have changed: each resource in a
   * transaction of its own.
   */
  async storeAll(database: MappedDatabase, kind: string): Promise<void> {
    for await (const { id, inputs } of listInputs(database, kind)) {
      if (this.evaluate(inputs).every(({ changed }) => !changed.length)) continue
      await database.transaction(async (statements) => {
        const current = await statements.one('get_condition_inputs', {
          id,
          descendants: false,
          ...ALL_TENANTS,
        })
        return this.store(statements, this.evaluate(current.inputs, false))
      })
    }
  }

  /** The results of the rules of one resource as it is; none for a kind without rules, and where the resource is not there. */
  async results(
    database: Pick<Statements, 'one'>,
    { id, tenancy }: { id: string } & Scope,
  ): Promise<Result[]> {
    const { inputs } = await database.one('get_condition_inputs', { id, descendants: false, tenancy })
    return this.evaluate(inputs, false).flatMap(({ results }) => results)
  }

  /** The types of the conditions that are not what their rules make of the facts. */
  differences(inputs: string | null): string[] {
    return this.evaluate(inputs, false).flatMap(({ changed }) => changed)
  }

  private rulesOf({ rules }: Input): CompiledRule[] {
    const known = this.compiled.get(rules)
    if (known) return known
    const compiled = (JSON.parse(rules) as ConditionRule[]).map(compiledOrFailing)
    this.compiled.set(rules, compiled)
    return compiled
  }
}

/** The rules of a kind, and its place among the others. */
type KindRules = Pick<Queries['list_kinds']['row'], 'kind' | 'parent_kind' | 'condition_rules'>

/** The results of rules; each fails where the reports are too large to be looked at. */
function resultsOf(rules: CompiledRule[], { statuses, ...input }: Input): Result[] {
  if (!statuses)
    return rules.map(({ type }) => ({ type, failed: 'the reports are larger than 1 MiB together' }))
  const variables = variablesOf({ ...input, statuses })
  return rules.flatMap((rule) => rule.evaluate(variables) ?? [])
}

/** A rule that this release cannot compile fails at each evaluation. */
function compiledOrFailing(rule: ConditionRule): CompiledRule {
  const { type } = rule
  return faultOf(rule) === undefined
    ? compileRule(rule)
    : { type, evaluate: () => ({ type, failed: 'an expression cannot be compiled' }) }
}

/** Why a rule cannot be compiled; undefined where it can be. */
function faultOf(rule: ConditionRule, kind = ''): string | undefined {
  try {
    compileRule(rule)
    return undefined
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    return `the condition ${rule.type} of ${kind} in the database cannot be evaluated by this release: ${error.message}`
  }
}

/** Whether the stored condition of a type is not the result of its rule; a failure keeps the condition as it is. */
function differs(
  { generation, status: { conditions } }: Input['resource'],
  type: string,
  results: Result[],
): boolean {
  const result = results.find((each) => each.type === type)
  if (result && 'failed' in result) return false
  const stored = conditions.find((each) => each.type === type)
  const expected = result && { ...result, observed_generation: generation }
  return CONTENT.some((member) => stored?.[member] !== expected?.[member])
}

/** The members of a condition that its rule makes. */
const CONTENT = ['status', 'reason', 'message', 'observed_generation'] as const

type MappedDatabase = Statements & Pick<RequestDatabase, 'transaction'>

/** How many resources are read at once. */
const PAGE = 100

/** What the rules of a kind look at, of each of its resources by id; nothing for a kind without rules. */
export async function* listInputs(database: Statements, kind: string) {
  for (let after: string | null = null; ; ) {
    const page: Queries['list_condition_inputs']['row'][] = await database.all('list_condition_inputs', {
      kind,
      after,
      size: PAGE,
    })
    yield* page
    after = page.at(-1)?.id ?? null
    if (!after) return
  }
}

/** Where the answer of a create is kept. */
type IdempotencyKey = Omit<Queries['update_kept_answer']['parameters'], 'body' | 'version'>

/** The row of a write: its resource, where the path does not name it, and what its rules look at. */
interface Mapped {
  id?: string
  inputs: string | null
  has_rules: boolean
}

/**
 * Makes a write, and maps the conditions of the resources that it has changed in the same transaction. Where no kind concerned
 * has rules, the write is one statement. Resolves with the row of the write, and with the resources whose conditions were
 * stored after it, as they are then. `key` is of a create.
 */
export async function writeMapped<Row extends Mapped>(
  { server, database, target }: Pick<FastifyRequest, 'server' | 'database' | 'target'>,
  write: (statements: Statements, maps: boolean) => Promise<Row>,
  { isDelete = false, key }: { isDelete?: boolean; key?: IdempotencyKey | undefined } = {},
): Promise<{ row: Row; stored: Stored[] }> {
  const { mapping } = server
  const { isKept } = database
  const store = async (statements: Transaction, inputs: string | null) => {
    const stored = await mapping.store(statements, mapping.evaluate(inputs, isKept), !key)
    // The answer that is given again is that with the mapped conditions.
    const [{ body, version } = {}] = stored
    if (key && body && version) await statements.one('update_kept_answer', { ...key, body, version })
    return stored
  }
  const writeAndStore = () =>
    database.transaction(async (statements) => {
      const row = await write(statements, true)
      return { row, stored: await store(statements, row.inputs) }
    })
  // With a guard, the write is a transaction already, and the guard is not to run on the state after it.
  if (database.guard || mapping.concerns(target?.kind ?? '', isDelete)) return writeAndStore()

  const row = await write(database, false)
  if (!row.has_rules) return { row, stored: [] }
  // `migrate` has added rules since the start: from here on, they are evaluated in the transaction of the write.
  mapping.follow(await database.all('list_kinds', {}))
  // Of a dry run nothing is left to be mapped.
  if (!isKept) return writeAndStore()
  const id = row.id ?? target?.id ?? ''
  const stored = await database.transaction(async (statements) => {
    const { inputs } = await statements.one('get_condition_inputs', { ...ALL_TENANTS, id, descendants: true })
    return store(statements, inputs)
  })
  return { row, stored }
}

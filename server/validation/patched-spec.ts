import type pg from 'pg'
import type { Queries } from '../../generated/sql.ts'
import type { Statements } from '../db/database.ts'
import { parseWritten } from '../lib/written-numbers.ts'
import { Problem } from '../problem.ts'
import type { SpecSchema } from './spec-schemas/spec-schema.ts'
import { refuse, toViolations } from './violations.ts'

/** How often a patch is tried while others change the spec: each time, one of them has been written. */
export const ATTEMPTS = 10

type Patch = Omit<Queries['get_patched_spec']['parameters'], 'compares'>

/**
 * Writes a patch whose spec must fit a schema and its rules; `body` is the patch, parsed, and fits the schema where it is no
 * merge patch. `write` is told the generation that it may be written at only, null for any.
 *
 * Where the result depends on the stored spec, it is read and checked first, and then written if the generation, and so the
 * spec, is still the one it was read at; else all that is done again. Any other patch is one write.
 */
export async function writePatched<Written>(
  database: Statements,
  patch: Patch,
  body: { spec?: unknown },
  schema: SpecSchema | undefined,
  write: (at: number | null) => Promise<Written>,
): Promise<Written> {
  const { check, rules } = schema ?? {}
  const compares = rules?.hasTransitions ?? false
  const hasSpec = patch.is_merge
    ? Object.hasOwn(body, 'spec')
    : typeof body.spec === 'object' && body.spec !== null
  if (!check || !hasSpec) return write(null)
  if (!patch.is_merge && !compares) {
    refuseByRules(schema, body.spec)
    return write(null)
  }
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const stored = await database.one('get_patched_spec', { ...patch, compares })
    const spec = stored.spec === null ? body.spec : parseWritten(stored.spec)
    const errors = stored.spec === null ? [] : check(spec)
    refuse(toViolations(errors.map((error) => ({ ...error, instancePath: `/spec${error.instancePath}` }))))
    const { old_spec } = stored
    refuseByRules(schema, spec, old_spec === null ? undefined : parseWritten(old_spec))
    try {
      return await write(stored.generation)
    } catch (error) {
      // A generation that the caller named is looked at once more, and refused there.
      if ((error as pg.DatabaseError).code !== OTHER_GENERATION) throw error
    }
  }
  throw new Problem('SVC-001', 'The spec was modified concurrently; retry')
}

/** Refuses a spec that fits its schema and breaks a rule of it; `old` is the spec that it replaces. */
export const refuseByRules = (schema: SpecSchema | undefined, spec: unknown, old?: unknown): void =>
  refuse(schema?.rules?.check(spec, old) ?? [])

/** The SQLSTATE of patch_resource where the resource is not at the generation that the patch names. */
const OTHER_GENERATION = 'HF411'

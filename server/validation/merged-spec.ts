import type pg from 'pg'
import type { Queries } from '../../generated/sql.ts'
import type { Statements } from '../db/database.ts'
import { parseWritten } from '../lib/written-numbers.ts'
import { Problem } from '../problem.ts'
import type { Check } from './spec-schemas/spec-schema.ts'
import { refuse, toViolations } from './violations.ts'

/** How often a merge is tried while others change the spec. */
const MERGES = 3

/**
 * Merges into a spec that must fit a schema. The result is read and checked first, and then written if the
 * generation, and so the spec, is still the one it was read at; else all that is done again.
 */
export async function writeMerged<Written>(
  database: Statements,
  patch: Queries['get_merged_spec']['parameters'],
  check: Check,
  write: (at: number) => Promise<Written>,
): Promise<Written> {
  for (let merge = 1; merge <= MERGES; merge++) {
    const { spec, generation } = await database.one('get_merged_spec', patch)
    const errors = check(parseWritten(spec))
    refuse(toViolations(errors.map((error) => ({ ...error, instancePath: `/spec${error.instancePath}` }))))
    try {
      return await write(generation)
    } catch (error) {
      // A generation that the caller named is looked at once more, and refused there.
      if ((error as pg.DatabaseError).code !== OTHER_GENERATION) throw error
    }
  }
  throw new Problem('SVC-001', 'The spec was modified concurrently; retry')
}

/** The SQLSTATE of patch_resource where the resource is not at the generation that the patch names. */
const OTHER_GENERATION = 'HF411'

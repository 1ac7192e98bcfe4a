// What test/scripts/outcomes.test.ts has run: a test that fails until the file UNSTEADY_MARK exists, which it makes if it may.
import { existsSync, writeFileSync } from 'node:fs'
import t from 'tap'

const { UNSTEADY_MARK = '', UNSTEADY_PASSES } = process.env
t.ok(existsSync(UNSTEADY_MARK), 'is not the first run')
if (UNSTEADY_PASSES) writeFileSync(UNSTEADY_MARK, '')

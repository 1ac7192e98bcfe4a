import type { Fault } from './attack.ts'
import { clockJumps } from './clock-jumps.ts'
import { cutAfter, cutBefore } from './connection-cut.ts'
import { databaseFrozen } from './database-frozen.ts'
import { databaseKilled, sessionKilled } from './database-killed.ts'
import { diskFull } from './disk-full.ts'
import { migrationsAtOnce } from './migrations-at-once.ts'
import { primaryLost } from './primary-lost.ts'
import { releaseBefore } from './release-before.ts'
import { serverKilled } from './server-killed.ts'
import { sessionsTerminated } from './sessions-terminated.ts'

/** All that is tried. */
export const faults: Fault[] = [
  serverKilled,
  databaseKilled,
  sessionKilled,
  sessionsTerminated,
  cutBefore,
  cutAfter,
  databaseFrozen,
  diskFull,
  clockJumps,
  primaryLost,
  migrationsAtOnce,
  releaseBefore,
]

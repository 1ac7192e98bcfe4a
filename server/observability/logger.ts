import { hostname } from 'node:os'
import { pino } from 'pino'
import { about } from '../about.ts'
import type { Config } from '../config/load.ts'

/** One JSON object a line, on standard output. Bodies are never logged. */
export function createLogger({ level }: Config['logging']) {
  return pino({
    level,
    base: { component: 'api', version: about.version, hostname: hostname() },
    messageKey: 'message',
    timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
    formatters: {
      level: (label) => ({ level: label }),
      bindings: ({ pid: _pid, ...bindings }) => bindings,
    },
  })
}

import { hostname } from 'node:os'
import { isatty } from 'node:tty'
import { pino } from 'pino'
import { prettyFactory } from 'pino-pretty'
import type { Config } from '../config/schema.ts'
import { about } from '../lib/version.ts'
import { describeError } from './error-fields.ts'
import { maskedLine } from './masking.ts'

/** One object a line, as JSON or as text for people. Bodies are never logged, and secrets only with masking off. */
export function createLogger({ level, format, output, masking }: Config['logging']) {
  const destination = output === 'stderr' ? 2 : 1
  const write = format === 'text' ? asText(isatty(destination)) : (line: string) => line
  return pino(
    {
      level,
      base: { component: 'api', version: about.version, hostname: hostname() },
      messageKey: 'message',
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
      // The whole line, so that no field, no error and no plugin can go past it.
      hooks: { streamWrite: masking.enabled ? (line) => write(maskedLine(line)) : write },
    },
    // Written at once: the last words of a process are the ones that are needed.
    pino.destination({ dest: destination, sync: true }),
  )
}

/** In this process and at once, unlike a transport of pino. */
const asText = (colorize: boolean): ((line: string) => string) =>
  prettyFactory({
    colorize,
    messageKey: 'message',
    timestampKey: 'timestamp',
    translateTime: 'UTC:yyyy-mm-dd HH:MM:ss.l',
    ignore: 'component,version,hostname',
    singleLine: true,
  })

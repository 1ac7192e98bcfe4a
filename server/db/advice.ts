import pg from 'pg'
import { DatabaseUnavailable } from './database-errors.ts'

/** SQLSTATEs, and codes of the network and of TLS, that the operator can do something about. The first that fits counts. */
const advices: [code: RegExp, advice: string][] = [
  [/^28/, 'check database.username and database.password, and pg_hba.conf of the server'],
  [/^3D000$/, 'create the database, or correct database.name'],
  [/^3F000$/, 'create the schema that search_path names, or set search_path of the role or the database'],
  [
    /^42501$/,
    'run `migrate` as the owner of the tables, who may create in their schema, and grant the rights of docs/database.md to the role of the server',
  ],
  [/^(42P01|42883|42703|42704)$/, 'run `migrate` first, and with this release'],
  [/^25006$/, 'the database is read-only: use its primary, and set default_transaction_read_only to off'],
  [
    /^57014$/,
    'it was cancelled by a time limit or by somebody: see who holds locks, and for `migrate` raise database.pool.statement_timeout',
  ],
  [/^55P03$/, 'a lock was held by others for too long: see who holds it, and try again'],
  [/^53100$/, 'the disk of the database is full: make room there, and try again'],
  [/^53300$/, 'raise max_connections of PostgreSQL, or lower database.pool.max_connections'],
  [/^53/, 'the server of the database lacks resources: see its log, and try again'],
  [/^(40|08|57P)/, 'try again'],
  [
    /^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/,
    'check database.ssl.mode and database.ssl.root_cert_file',
  ],
  [
    /^(E[A-Z_]+)$/,
    'check that PostgreSQL runs where database.url or database.host and database.port say, and can be reached from here',
  ],
]

/** What PostgreSQL, or the network, has said. */
export function reason(error: unknown): string {
  const cause = causeOf(error)
  return (cause.errors?.[0]?.message ?? cause.message).replaceAll(/\s*\n\s*/g, ' ')
}

/** What PostgreSQL, or the network, has said, with the code of PostgreSQL, and what to do about it, if that is known. */
export function reasonAndAdvice(error: unknown): string {
  const cause = causeOf(error)
  const words =
    cause instanceof pg.DatabaseError ? `${reason(error)} (SQLSTATE ${cause.code})` : reason(error)
  const advice = adviceOn(codeOf(cause))
  return advice ? `${words}: ${advice}` : words
}

/**
 * The line for the operator on an error of a statement, or of the connection that it ran on; undefined of an error that
 * is a defect of this program.
 */
export function operatorLine(error: unknown): string | undefined {
  if (error instanceof DatabaseUnavailable) {
    return error.cause ? `${error.message}: ${reasonAndAdvice(error)}` : error.message
  }
  if (!(error instanceof pg.DatabaseError && adviceOn(codeOf(error)))) return undefined
  return `the database refused: ${reasonAndAdvice(error)}`
}

type Failure = Error & { code?: string; errors?: Failure[] }

const causeOf = (error: unknown) => ((error as Error).cause ?? error) as Failure

const codeOf = ({ code, errors }: Failure): string => code ?? errors?.[0]?.code ?? ''

const adviceOn = (code: string) => advices.find(([pattern]) => pattern.test(code))?.[1]

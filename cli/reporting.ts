/** The command report: what an adapter says about a resource. */
import { parseYaml } from './exact-values.ts'
import { CliError } from './exit-codes.ts'
import { isObject, textOf } from './manifests.ts'
import { print } from './printer.ts'
import { type Flags, itemAt, params, type Session } from './session.ts'
import { writeQuery } from './writing.ts'

interface ReportFlags extends Flags {
  adapter: string
  available?: string
  applied: string
  health: string
  finalized?: string
  condition?: string[]
  reason?: string
  message?: string
  generation?: number
  data?: string
  dryRun?: boolean
}

const STATUSES = ['True', 'False', 'Unknown'] as const

function condition(type: string, status: string | undefined, rest: object = {}) {
  const known = STATUSES.find((each) => each.toLowerCase() === status?.toLowerCase())
  if (!known) throw new CliError(`the status of ${type} is ${STATUSES.join(', ')}, not ${status}`, 'usage')
  return { type, status: known, ...rest }
}

/** A condition of --condition: TYPE=STATUS, with :REASON and :MESSAGE after it. */
function conditionIn(text: string) {
  const [, type = '', status, reason, message] = /^([^=]+)=([^:]+)(?::([^:]*))?(?::(.*))?$/s.exec(text) ?? []
  if (!type) throw new CliError('--condition is TYPE=STATUS[:REASON[:MESSAGE]]', 'usage')
  return condition(type, status, { ...(reason && { reason }), ...(message && { message }) })
}

/** `report KIND NAME --adapter NAME --available STATUS`: sends the report of an adapter. A discarded one is a conflict. */
export async function report(session: Session, words: string[], flags: ReportFlags): Promise<void> {
  const resource = await session.resource(words)
  const { available, applied, health, finalized, reason, message } = flags
  const body = {
    adapter: flags.adapter,
    observed_generation: flags.generation ?? resource.generation,
    observed_time: new Date().toISOString(),
    conditions: [
      condition('Available', available ?? 'Unknown', {
        ...(reason && { reason }),
        ...(message && { message }),
      }),
      condition('Applied', applied),
      condition('Health', health),
      ...(finalized === undefined ? [] : [condition('Finalized', finalized)]),
      ...(flags.condition ?? []).map(conditionIn),
    ],
    ...(flags.data !== undefined && { data: dataIn(flags.data) }),
  }
  const isPut = (await session.discovery()).has('reports.put', resource.kind)
  const operation = isPut ? 'reports.put' : 'reports.create'
  const init = { params: params(await writeQuery(session, flags, operation)), body }
  const { data, response } = isPut
    ? await session.api.PUT(itemAt(resource.href, '/statuses'), init)
    : await session.api.POST(itemAt(resource.href, '/statuses'), init)
  if (response.status === 204)
    throw new CliError(
      `the report was discarded: ${response.headers.get('hyperfleet-discarded')}`,
      'conflict',
    )
  if (flags.output) print({ value: data, rows: [], columns: [] }, flags.output)
  else
    console.log(
      `${resource.kind.toLowerCase()}/${resource.name} reported by ${flags.adapter}${flags.dryRun ? ' (dry run)' : ''}`,
    )
}

function dataIn(file: string): Record<string, unknown> {
  const [value] = parseYaml(textOf(file), file)
  if (!isObject(value)) throw new CliError(`${file} must be one object, as JSON or YAML`, 'usage')
  return value
}

import { execute } from '../databases.ts'
import { aggregate, type Report, type Resource, sameConditions } from '../sql/model.ts'

/** One write to a row, in the order of the commits: each is written down under the lock of its resource. */
export interface Entry {
  seq: number
  written: 'resources' | 'adapter_statuses'
  operation: 'INSERT' | 'UPDATE' | 'DELETE'
  // biome-ignore lint/suspicious/noExplicitAny: a row as JSON.
  row: any
}

/** From now on the database writes down every change of a resource or a report. */
export async function keepJournal(url: string): Promise<void> {
  await execute(
    url,
    `create table journal (seq bigserial primary key, written text, operation text, row jsonb);
     create function write_journal() returns trigger language plpgsql as $$
     begin
       insert into journal (written, operation, row)
       values (tg_table_name, tg_op, to_jsonb(case tg_op when 'DELETE' then old else new end));
       return null;
     end $$;
     create trigger journal after insert or update or delete on resources for each row execute function write_journal();
     create trigger journal after insert or update on adapter_statuses for each row execute function write_journal()`,
  )
}

export async function readJournal(url: string): Promise<Entry[]> {
  const { rows } = await execute(url, 'select seq::int, written, operation, row from journal order by seq')
  return rows
}

/**
 * Folds the rules over the writes in the order of their commits, and returns what differs from what was
 * written: conditions that another order of reports would give, versions or times that run backwards, a parent
 * removed before its child, a removal too early.
 */
export function faultsOf(entries: Entry[], required: Record<string, string[]>): string[] {
  const faults: string[] = []
  const states = new Map<string, Resource & { version: number; updated: string; owner: string | null }>()
  const childrenOf = (id: string) => [...states.values()].filter(({ owner }) => owner === id)

  for (const { seq, written, operation, row } of entries) {
    const fault = (what: string) =>
      faults.push(`${seq} ${written} ${operation} ${row.id ?? row.resource_id}: ${what}`)
    if (written === 'adapter_statuses') {
      const state = states.get(row.resource_id)
      if (!state) {
        fault('a report on a resource that is gone')
        continue
      }
      if (row.observed_generation > state.generation) fault('a report of a generation not reached')
      state.reports = [...state.reports.filter(({ adapter }) => adapter !== row.adapter), reportOf(row)]
      continue
    }
    const before = states.get(row.id)
    if (operation === 'DELETE') {
      if (childrenOf(row.id).length) fault('removed before its children')
      if (before && !before.deleted) fault('removed without a mark')
      states.delete(row.id)
      continue
    }
    const state = {
      kind: row.kind,
      generation: row.generation,
      ref: timeOf(row.generation_time),
      deleted: row.deleted_time !== null,
      hasChildren: childrenOf(row.id).length > 0,
      required: required[row.kind] ?? [],
      reports: before?.reports ?? [],
      conditions: before?.conditions ?? [],
      version: row.version,
      updated: timeOf(row.updated_time),
      owner: row.owner_id,
    }
    if (before && state.version !== before.version + 1)
      fault(`version ${state.version} after ${before.version}`)
    if (before && state.updated < before.updated) fault('updated_time runs backwards')
    if (before && state.generation < before.generation) fault('generation runs backwards')
    // Labels leave the conditions as they are; whatever else is written has them computed.
    const expected = aggregate(state)
    if (!sameConditions(row.conditions, expected)) {
      fault(`conditions ${JSON.stringify(row.conditions)}, by the rules ${JSON.stringify(expected)}`)
    }
    states.set(row.id, { ...state, conditions: row.conditions })
  }
  return faults
}

/** As PostgreSQL writes it in JSON: 2026-03-10T08:01:00.5+00:00. */
function timeOf(text: string): string {
  const [, seconds = '', fraction = ''] = /^(.{19})(?:\.(\d+))?/.exec(text) ?? []
  return `${seconds}.${fraction.padEnd(6, '0')}Z`
}

// biome-ignore lint/suspicious/noExplicitAny: a row as JSON.
function reportOf(row: any): Report {
  return {
    adapter: row.adapter,
    observed_generation: row.observed_generation,
    observed_time: timeOf(row.last_report_time),
    conditions: row.conditions,
    data: row.data,
    created_time: timeOf(row.created_time),
  }
}

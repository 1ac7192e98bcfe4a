import { useEffect, useState } from 'react'
import { atATime } from '../../api/at-a-time.ts'
import { CallFailed, send } from '../../api/client.ts'
import type { ApiDocument, Kind } from '../../api/document.ts'
import type { Explanation, Page, Report, Resource } from '../../api/types.ts'
import { useAnswer } from '../../api/use-answer.ts'
import { useServer } from '../../app/context.ts'
import { conditionOf } from '../../parts/condition.tsx'

/** A resource, with the last report of each adapter, and the state of each adapter that it waits for. */
export interface Row {
  resource: Resource
  reports: Map<string, Report>
  waits: Map<string, string>
}

const SIZE = 25
/** How many requests are made at a time: each resource of the page needs one or two. */
const AT_A_TIME = 4
const FIELDS = 'id,kind,name,generation,deleted_time,status.conditions'

/** The rows of a page of the matrix. */
export function useRows(kind: Kind, search: string | undefined) {
  const { document } = useServer()
  const [steps, setSteps] = useState([''])
  const [shownSearch, setShownSearch] = useState(search)
  if (search !== shownSearch) {
    setShownSearch(search)
    setSteps([''])
  }
  const query = { search, size: SIZE, fields: FIELDS, order: 'name', cursor: steps.at(-1) }
  const { answer, error } = useAnswer<Page<Resource>>(
    document.call('resources.list', kind.name, [], { query }),
  )
  const [read, setRead] = useState<{ of: typeof answer; rows: Row[]; error?: CallFailed }>()
  useEffect(() => {
    if (!answer) return
    const aborter = new AbortController()
    atATime(AT_A_TIME, answer.body.items, (resource) => readRow(document, resource, aborter.signal)).then(
      (rows) => setRead({ of: answer, rows: rows.filter((row) => row !== undefined) }),
      (failure: CallFailed) => {
        if (!aborter.signal.aborted) setRead({ of: answer, rows: [], error: failure })
      },
    )
    return () => aborter.abort()
  }, [document, answer])
  const next = answer?.body.next_cursor
  return {
    rows: read?.rows ?? [],
    error: error ?? read?.error,
    total: answer?.body.total,
    first: (steps.length - 1) * SIZE,
    isLoading: !error && (!answer || read?.of !== answer),
    back: steps.length > 1 ? () => setSteps(steps.slice(0, -1)) : undefined,
    forward: next === undefined ? undefined : () => setSteps([...steps, next]),
  }
}

/** The row of a resource; undefined where it has been removed meanwhile. */
async function readRow(
  document: ApiDocument,
  resource: Resource,
  signal: AbortSignal,
): Promise<Row | undefined> {
  const { kind, id } = resource
  const isReady = conditionOf(resource, 'Reconciled')?.status === 'True'
  try {
    const [reports, explanation] = await Promise.all([
      send<Page<Report>>(document.call('reports.list', kind, [id]), signal),
      isReady ? undefined : send<Explanation>(document.call('resources.explain', kind, [id]), signal),
    ])
    const awaited = explanation?.body.conditions.find(({ type }) => type === 'Reconciled')?.waiting_for ?? []
    return {
      resource,
      reports: new Map(reports.body.items.map((report) => [report.adapter, report])),
      waits: new Map(awaited.map(({ adapter, state }) => [adapter, state])),
    }
  } catch (error) {
    if (error instanceof CallFailed && error.status === 404) return undefined
    throw error
  }
}

import { useEffect, useRef, useState } from 'react'
import type { Call } from '../../api/client.ts'
import type { Kind } from '../../api/document.ts'
import type { Change, Page, Resource } from '../../api/types.ts'
import { useAnswer } from '../../api/use-answer.ts'
import { useFeed } from '../../api/use-feed.ts'
import { useServer } from '../../app/context.ts'

export const PAGE_SIZE = 100
/** The members that a list shows. */
const FIELDS =
  'id,kind,name,href,labels,generation,created_time,updated_time,created_by,deleted_time,owner_references,status.conditions'
/** A walk by cursor can be ordered by these only; pages of other orders are counted. */
const WALKED = ['name', 'created_time', 'created_by', 'id', 'kind']
/** How long changes that may move resources in or out of the page are collected before it is read again. */
const REREAD_MS = 1000

export interface Listing {
  search: string | undefined
  /** A field and a direction, such as `name asc`. */
  order: string
}

/** A page of a list, kept up to date by the feed of changes. */
export function useResources(kind: Kind, { search, order }: Listing) {
  const { document } = useServer()
  const [steps, setSteps] = useState<string[]>([''])
  const view = `${search} ${order}`
  const [shownView, setShownView] = useState(view)
  if (view !== shownView) {
    setShownView(view)
    setSteps([''])
  }
  const isWalked = WALKED.includes(order.split(' ')[0] ?? '')
  const query = {
    search,
    order,
    size: PAGE_SIZE,
    fields: FIELDS,
    ...(isWalked ? { cursor: steps.at(-1) } : { page: steps.length }),
  }
  const call: Call = document.call('resources.list', kind.name, [], { query })
  const { answer, answered, error, isLoading, again } = useAnswer<Page<Resource>>(call)
  const [news, setNews] = useState<Map<string, Partial<Resource>>>(new Map())
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the feed told before an answer is in the answer.
  useEffect(() => setNews(new Map()), [answer])
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const rereadSoon = () => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      again()
    }, REREAD_MS)
  }
  useEffect(() => () => clearTimeout(timer.current), [])
  const shown = answer?.body.items ?? []
  const feed = useFeed(
    {
      path: document.pathOf('changes.list', undefined),
      kind: kind.name,
      // That of what is shown: another one may be refused.
      search: answered?.query?.search?.toString(),
      fields: FIELDS,
      since: answer && (answer.headers.get('hyperfleet-token') ?? 'now'),
    },
    ({ id, type, left, resource }: Change) => {
      const isShown = shown.some((each) => each.id === id)
      if (isShown && resource && !left) setNews((former) => new Map(former).set(id, resource))
      // One that does not match the search, and is not shown, moves nothing.
      if (left ? isShown : !isShown || type === 'removed') rereadSoon()
    },
    again,
  )
  const { cursor, page = 1 } = answered?.query ?? {}
  // Of the page that is shown: the next one may be on its way.
  const at = cursor === undefined ? Number(page) - 1 : steps.indexOf(String(cursor))
  const next = isWalked
    ? answer?.body.next_cursor
    : answer && steps.length * PAGE_SIZE < answer.body.total
      ? String(steps.length + 1)
      : undefined
  return {
    call,
    error,
    feed,
    isLoading,
    total: answer?.body.total,
    first: Math.max(0, at) * PAGE_SIZE,
    resources: shown.map((resource) => ({ ...resource, ...news.get(resource.id) })),
    fresh: new Set(news.keys()),
    forward: next === undefined || isLoading ? undefined : () => setSteps([...steps, next]),
    back: steps.length > 1 ? () => setSteps(steps.slice(0, -1)) : undefined,
  }
}

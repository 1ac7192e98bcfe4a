import { useEffect, useRef, useState } from 'react'
import { type FeedState, follow } from './feed.ts'
import type { Change } from './types.ts'

interface Watched {
  path: string | undefined
  kind?: string | undefined
  search?: string | undefined
  fields?: string | undefined
  /** The token to begin with; the feed is not followed before there is one, unless it is `now`. */
  since: string | undefined
}

/** Follows the feed while the component is shown. A change of the token alone does not begin anew; one of the view does. */
export function useFeed(
  { path, kind, search, fields, since }: Watched,
  onChange: (change: Change) => void,
  onLost: () => void,
): FeedState {
  const [state, setState] = useState<FeedState>('connecting')
  const handlers = useRef({ onChange, onLost, since })
  handlers.current = { onChange, onLost, since }
  const isReady = path !== undefined && since !== undefined
  useEffect(() => {
    if (!isReady || path === undefined) return
    const aborter = new AbortController()
    const start = handlers.current.since
    follow(
      path,
      {
        kind,
        search,
        fields,
        since: start === 'now' ? undefined : start,
        onState: setState,
        onChange: (change) => handlers.current.onChange(change),
        onLost: () => handlers.current.onLost(),
      },
      aborter.signal,
    )
    return () => aborter.abort()
  }, [path, kind, search, fields, isReady])
  return state
}

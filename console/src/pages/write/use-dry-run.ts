import { useEffect, useState } from 'react'
import { type Call, CallFailed, send } from '../../api/client.ts'
import type { Resource } from '../../api/types.ts'

/** The pause after a key before the server is asked. */
const PAUSE_MS = 500

/** What the server would say to a write: `checking` until it has answered. */
export type Verdict = 'checking' | 'allowed' | CallFailed

/** Asks the server, by a dry run, whether it would do a write: by all its rules, the provider's schema among them. Undefined asks nothing. */
export function useDryRun(call: Call | undefined): { verdict: Verdict; outcome: Resource | undefined } {
  const [state, setState] = useState<{ verdict: Verdict; outcome?: Resource }>({ verdict: 'checking' })
  const key = JSON.stringify(call)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the call.
  useEffect(() => {
    setState(({ outcome }) => ({ verdict: 'checking', ...(outcome && { outcome }) }))
    if (!call) return
    const aborter = new AbortController()
    const timer = setTimeout(() => {
      send<Resource>({ ...call, query: { ...call.query, dry_run: true } }, aborter.signal).then(
        ({ body }) => setState({ verdict: 'allowed', outcome: body }),
        (error) => {
          if (error instanceof CallFailed) setState({ verdict: error })
        },
      )
    }, PAUSE_MS)
    return () => {
      clearTimeout(timer)
      aborter.abort()
    }
  }, [key])
  return { verdict: state.verdict, outcome: state.outcome }
}

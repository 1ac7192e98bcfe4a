import { useCallback, useEffect, useRef, useState } from 'react'
import { type Answer, type Call, type CallFailed, send } from './client.ts'

interface Asked<Body> {
  answer?: Answer<Body>
  /** The call that the answer is to. */
  answered?: Call
  error?: CallFailed
  isLoading: boolean
  /** Asks once more; the former answer stays until the next one is there. */
  again(): void
}

/**
 * Sends a call, and sends it again whenever it or the occasion differs. The former answer stays until the next one is there.
 * Undefined asks nothing.
 */
export function useAnswer<Body>(call: Call | undefined, occasion = 0): Asked<Body> {
  const key = call && JSON.stringify(call)
  const [state, setState] = useState<{
    answer?: Answer<Body>
    answered?: Call
    error?: CallFailed
    key?: string | undefined
  }>({})
  const [round, setRound] = useState(0)
  const latest = useRef(call)
  latest.current = call
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the call; round and occasion ask again.
  useEffect(() => {
    const asked = latest.current
    if (!asked) return
    const aborter = new AbortController()
    send<Body>(asked, aborter.signal).then(
      (answer) => setState({ answer, answered: asked, key }),
      (error: CallFailed) => {
        if (!aborter.signal.aborted) setState((former) => ({ ...former, error, key }))
      },
    )
    return () => aborter.abort()
  }, [key, round, occasion])
  const again = useCallback(() => setRound((former) => former + 1), [])
  return { ...state, isLoading: key !== undefined && state.key !== key, again }
}

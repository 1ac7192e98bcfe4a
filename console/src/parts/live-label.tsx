import { Label } from '@patternfly/react-core'
import type { FeedState } from '../api/feed.ts'

const LOOKS = {
  connecting: { status: 'info', text: 'Connecting' },
  live: { status: 'success', text: 'Live' },
  lost: { status: 'warning', text: 'Not live' },
} as const

/** Whether what is shown follows the feed of changes. */
export function LiveLabel({ state }: { state: FeedState }) {
  const { status, text } = LOOKS[state]
  return (
    <Label status={status} isCompact variant="outline">
      {text}
    </Label>
  )
}

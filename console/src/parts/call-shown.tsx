import { ClipboardCopy, ExpandableSection } from '@patternfly/react-core'
import type { Call } from '../api/client.ts'
import { asCurl } from '../api/curl.ts'
import { useToken } from '../app/context.ts'

/** The call behind a page or a button, as a command that does the same. */
export function CallShown({ call, label = 'Same call in a shell' }: { call: Call; label?: string }) {
  const token = useToken()
  return (
    <ExpandableSection toggleText={label} className="hf-call">
      <ClipboardCopy
        isCode
        isExpanded
        isReadOnly
        variant="expansion"
        hoverTip="Copy"
        clickTip="Copied"
        textAriaLabel="The command"
        toggleAriaLabel="Show the command"
      >
        {asCurl(call, location.origin, Boolean(token))}
      </ClipboardCopy>
    </ExpandableSection>
  )
}

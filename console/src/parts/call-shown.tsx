import { ClipboardCopy, ExpandableSection } from '@patternfly/react-core'
import { asCommand } from '../api/as-command.ts'
import { asCurl } from '../api/as-curl.ts'
import type { Call } from '../api/client.ts'
import { useServer, useToken } from '../app/context.ts'

/** The call behind a page or a button, as commands that do the same. */
export function CallShown({ call, label = 'Same call in a shell' }: { call: Call; label?: string }) {
  const token = useToken()
  const { kinds } = useServer().document
  const command = asCommand(call, kinds, location.origin)
  return (
    <ExpandableSection toggleText={label} className="hf-call">
      <Command name="curl" text={asCurl(call, location.origin, Boolean(token))} />
      {command && <Command name="hyperfleet" text={command} />}
    </ExpandableSection>
  )
}

function Command({ name, text }: { name: string; text: string }) {
  return (
    <ClipboardCopy
      isCode
      isExpanded
      isReadOnly
      variant="expansion"
      hoverTip="Copy"
      clickTip="Copied"
      className={`hf-${name}`}
      textAriaLabel={`The command of ${name}`}
      toggleAriaLabel={`Show the command of ${name}`}
    >
      {text}
    </ClipboardCopy>
  )
}

import { Alert, List, ListItem } from '@patternfly/react-core'
import type { CallFailed } from '../api/client.ts'

/** A refused or failed call: what happened, each broken rule, and the id under which the log of the server has more. */
export function ProblemShown({ error, title }: { error: CallFailed | undefined; title?: string }) {
  if (!error) return null
  const { problem, violations, message } = error
  return (
    <Alert variant="danger" isInline isLiveRegion title={title ?? problem?.title ?? 'The request failed'}>
      <p>{message}</p>
      {violations.length > 0 && (
        <List>
          {violations.map(({ field, message: rule }) => (
            <ListItem key={`${field} ${rule}`}>
              {field && <strong>{field}: </strong>}
              {rule}
            </ListItem>
          ))}
        </List>
      )}
      {problem && (
        <p className="hf-quiet">
          {problem.code}, trace {problem.trace_id}
        </p>
      )}
    </Alert>
  )
}

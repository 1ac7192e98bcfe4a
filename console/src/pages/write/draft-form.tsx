import { ActionGroup, Alert, Button, Form, FormGroup, TextArea, TextInput } from '@patternfly/react-core'
import { type ReactNode, useState } from 'react'
import { type Call, CallFailed, send } from '../../api/client.ts'
import type { Kind } from '../../api/document.ts'
import type { Resource } from '../../api/types.ts'
import { CallShown } from '../../parts/call-shown.tsx'
import { ProblemShown } from '../../parts/problem.tsx'
import { type Draft, type Members, membersOf } from './draft.ts'
import { SpecFields } from './spec-fields.tsx'
import { useDryRun, type Verdict } from './use-dry-run.ts'

interface Writing {
  kind: Kind
  first: Draft
  /** Whether the name can be chosen. */
  isNew: boolean
  submit: string
  /** The call that writes the members; undefined where there is nothing to write. */
  callOf(name: string, members: Members): Call | undefined
  onDone(resource: Resource): void
  onCancel(): void
  children?: ReactNode
}

/** Writes a resource: name, labels, spec and references. The server checks each state of it by a dry run before it is sent. */
export function DraftForm({ kind, first, isNew, submit, callOf, onDone, onCancel, children }: Writing) {
  const [draft, setDraft] = useState(first)
  const [failure, setFailure] = useState<CallFailed>()
  const [isSending, setSending] = useState(false)
  const change = (part: Partial<Draft>) => setDraft((former) => ({ ...former, ...part }))
  const { call, mistake } = readDraft(draft, Boolean(kind.references?.length), callOf)
  const isComplete = call !== undefined && (!isNew || draft.name !== '')
  const { verdict } = useDryRun(isComplete ? call : undefined)
  const write = async () => {
    if (!call) return
    setSending(true)
    await send<Resource>(call).then(({ body }) => onDone(body), setFailure)
    setSending(false)
  }
  return (
    <Form
      onSubmit={(event) => {
        event.preventDefault()
        write()
      }}
    >
      {children}
      {isNew && (
        <FormGroup label="Name" fieldId="name" isRequired>
          <TextInput id="name" value={draft.name} isRequired onChange={(_event, name) => change({ name })} />
        </FormGroup>
      )}
      <FormGroup label="Labels, one per line: key=value" fieldId="labels">
        <TextArea
          id="labels"
          value={draft.labels}
          resizeOrientation="vertical"
          onChange={(_event, labels) => change({ labels })}
        />
      </FormGroup>
      <SpecFields kind={kind} spec={draft.spec} onChange={(spec) => change({ spec })} />
      <FormGroup label="Spec (JSON)" fieldId="spec" isRequired>
        <TextArea
          id="spec"
          className="hf-editor"
          value={draft.spec}
          rows={16}
          resizeOrientation="vertical"
          spellCheck={false}
          onChange={(_event, spec) => change({ spec })}
        />
      </FormGroup>
      {kind.references?.length ? (
        <FormGroup label="References (JSON)" fieldId="references">
          <TextArea
            id="references"
            className="hf-editor"
            value={draft.references}
            placeholder={`{"${kind.references[0]?.ref_type}": [{"id": "…", "kind": "${kind.references[0]?.target_kind}"}]}`}
            onChange={(_event, references) => change({ references })}
          />
        </FormGroup>
      ) : null}
      <Check mistake={mistake} verdict={isComplete ? verdict : undefined} />
      <ProblemShown error={failure} title="It was not written" />
      <ActionGroup>
        <Button
          type="submit"
          isLoading={isSending}
          isDisabled={!isComplete || verdict instanceof CallFailed || isSending}
        >
          {submit}
        </Button>
        <Button variant="link" onClick={onCancel}>
          Cancel
        </Button>
      </ActionGroup>
      {call && <CallShown call={call} />}
    </Form>
  )
}

/** What is known of a draft before it is sent. */
function Check({ mistake, verdict }: { mistake: string | undefined; verdict: Verdict | undefined }) {
  if (mistake) return <Alert variant="warning" isInline isLiveRegion title={mistake} />
  if (verdict instanceof CallFailed)
    return <ProblemShown error={verdict} title="The server would refuse it" />
  if (verdict === 'allowed')
    return <Alert variant="success" isInline isPlain isLiveRegion title="The server would take it." />
  return null
}

function readDraft(
  draft: Draft,
  hasReferences: boolean,
  callOf: Writing['callOf'],
): { call?: Call | undefined; mistake?: string } {
  try {
    return { call: callOf(draft.name, membersOf(draft, hasReferences)) }
  } catch (error) {
    return { mistake: (error as Error).message }
  }
}

import { Form, FormGroup, TextArea, TextInput } from '@patternfly/react-core'
import { useState } from 'react'
import { useServer } from '../../app/context.ts'
import { CallDialog } from './dialog.tsx'
import { useSubject } from './subject.ts'

/** Removes a marked resource at once, with a reason; the name must be typed. */
export default function ForceDeleteDialog({ onClose }: { onClose(): void }) {
  const { document } = useServer()
  const { kind, resource, again } = useSubject()
  const [reason, setReason] = useState('')
  const [name, setName] = useState('')
  const isReady = reason.trim() !== '' && name === resource.name
  return (
    <CallDialog
      title={`Remove ${resource.name} by force?`}
      action="Remove by force"
      isDangerous
      call={
        isReady
          ? document.call('resources.forceDelete', kind.name, [resource.id], { body: { reason } })
          : undefined
      }
      onDone={() => {
        again()
        onClose()
      }}
      onClose={onClose}
    >
      <p>
        The record and all resources below it are removed without waiting for adapters. What adapters have
        made outside stays.
      </p>
      <Form onSubmit={(event) => event.preventDefault()}>
        <FormGroup label="Reason" fieldId="reason" isRequired>
          <TextArea id="reason" value={reason} isRequired onChange={(_event, value) => setReason(value)} />
        </FormGroup>
        <FormGroup label={`Type the name: ${resource.name}`} fieldId="typed-name" isRequired>
          <TextInput id="typed-name" value={name} isRequired onChange={(_event, value) => setName(value)} />
        </FormGroup>
      </Form>
    </CallDialog>
  )
}

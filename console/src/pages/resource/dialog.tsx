import { Button, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core'
import { type ReactNode, useState } from 'react'
import { type Answer, type Call, type CallFailed, send } from '../../api/client.ts'
import { CallShown } from '../../parts/call-shown.tsx'
import { ProblemShown } from '../../parts/problem.tsx'

interface Asking {
  title: string
  /** What the button says. */
  action: string
  isDangerous?: boolean
  /** The call that the button sends; undefined while what is needed for it is missing. */
  call: Call | undefined
  onDone(answer: Answer<unknown>): void
  onClose(): void
  children: ReactNode
}

/** A dialog about one call: what it does, the call itself, and the problem where it is refused. */
export function CallDialog({ title, action, isDangerous, call, onDone, onClose, children }: Asking) {
  const [failure, setFailure] = useState<CallFailed>()
  const [isSending, setSending] = useState(false)
  const act = async () => {
    if (!call) return
    setSending(true)
    setFailure(undefined)
    await send(call).then(onDone, setFailure)
    setSending(false)
  }
  return (
    <Modal isOpen variant="medium" onClose={onClose} aria-labelledby="dialog-title">
      <ModalHeader title={title} labelId="dialog-title" />
      <ModalBody>
        <div className="hf-tab">
          {children}
          <ProblemShown error={failure} />
          {call && <CallShown call={call} />}
        </div>
      </ModalBody>
      <ModalFooter>
        <Button
          variant={isDangerous ? 'danger' : 'primary'}
          isDisabled={!call || isSending}
          isLoading={isSending}
          onClick={act}
        >
          {action}
        </Button>
        <Button variant="link" onClick={onClose}>
          Cancel
        </Button>
      </ModalFooter>
    </Modal>
  )
}

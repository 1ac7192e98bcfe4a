import { useServer } from '../../app/context.ts'
import { CallDialog } from './dialog.tsx'
import { useSubject } from './subject.ts'

/** Marks the resource for deletion. */
export default function DeleteDialog({ onClose }: { onClose(): void }) {
  const { document } = useServer()
  const { kind, resource, again } = useSubject()
  return (
    <CallDialog
      title={`Delete ${resource.name}?`}
      action="Delete"
      isDangerous
      call={document.call('resources.delete', kind.name, [resource.id])}
      onDone={() => {
        again()
        onClose()
      }}
      onClose={onClose}
    >
      <p>
        It and all resources below it are marked for deletion. The record goes once every required adapter has
        reported that it has finished its cleanup.
      </p>
    </CallDialog>
  )
}

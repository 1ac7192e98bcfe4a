import { ActionList, ActionListItem, Button } from '@patternfly/react-core'
import { lazy, Suspense, useState } from 'react'
import { places } from '../../app/places.ts'
import { follow } from '../../app/router.tsx'
import { useSubject } from './subject.ts'

const ReportDialog = lazy(() => import('./report-dialog.tsx'))
const DeleteDialog = lazy(() => import('./delete-dialog.tsx'))
const ForceDeleteDialog = lazy(() => import('./force-delete-dialog.tsx'))

type Dialog = 'report' | 'delete' | 'force'

/** What can be done to a resource: edit, report, delete; once it is marked, remove by force. */
export function Actions() {
  const { kind, resource } = useSubject()
  const [dialog, setDialog] = useState<Dialog>()
  const close = () => setDialog(undefined)
  const edit = places.edit(kind.name, resource.id)
  const isMarked = resource.deleted_time !== undefined
  return (
    <>
      <ActionList>
        {!isMarked && (
          <ActionListItem>
            <Button variant="primary" component="a" href={edit} onClick={(event) => follow(event, edit)}>
              Edit
            </Button>
          </ActionListItem>
        )}
        <ActionListItem>
          <Button variant="secondary" onClick={() => setDialog('report')}>
            Report
          </Button>
        </ActionListItem>
        <ActionListItem>
          <Button variant="danger" onClick={() => setDialog(isMarked ? 'force' : 'delete')}>
            {isMarked ? 'Remove by force' : 'Delete'}
          </Button>
        </ActionListItem>
      </ActionList>
      <Suspense>
        {dialog === 'report' && <ReportDialog onClose={close} />}
        {dialog === 'delete' && <DeleteDialog onClose={close} />}
        {dialog === 'force' && <ForceDeleteDialog onClose={close} />}
      </Suspense>
    </>
  )
}

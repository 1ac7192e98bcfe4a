import { Button, Label } from '@patternfly/react-core'
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table'
import { useState } from 'react'
import type { Change, Page } from '../../api/types.ts'
import { useAnswer } from '../../api/use-answer.ts'
import { useServer } from '../../app/context.ts'
import { CallShown } from '../../parts/call-shown.tsx'
import { ProblemShown } from '../../parts/problem.tsx'
import { Time } from '../../parts/time.tsx'
import { useSubject } from './subject.ts'

const SIZE = 50

/** The changes of the resource, newest first; new ones come as they happen. */
export function Timeline() {
  const { document } = useServer()
  const { kind, resource, changes } = useSubject()
  const [page, setPage] = useState(1)
  const call = document.call('history.changes', kind.name, [resource.id], { query: { page, size: SIZE } })
  const { answer, error } = useAnswer<Page<Change>>(call, changes)
  const { total = 0, items = [] } = answer?.body ?? {}
  return (
    <>
      <ProblemShown error={error} />
      <div className="hf-scroll">
        <Table aria-label="Changes" variant="compact">
          <Thead>
            <Tr>
              <Th>When</Th>
              <Th>Change</Th>
              <Th modifier="nowrap">Generation</Th>
              <Th>By</Th>
              <Th>What</Th>
            </Tr>
          </Thead>
          <Tbody>
            {items.map(({ token, time, type, generation, caller, adapter, changed = [], reason }) => (
              <Tr key={token}>
                <Td dataLabel="When">
                  <Time of={time} />
                </Td>
                <Td dataLabel="Change">
                  <Label isCompact variant="outline">
                    {type}
                  </Label>
                </Td>
                <Td dataLabel="Generation">{generation}</Td>
                <Td dataLabel="By" className="hf-text">
                  {adapter ? `adapter ${adapter}` : caller}
                </Td>
                <Td dataLabel="What" className="hf-text">
                  {[changed.join(', '), reason].filter(Boolean).join('; ')}
                </Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      </div>
      {total > SIZE && (
        <span className="hf-pages">
          <Button variant="control" isDisabled={page === 1} onClick={() => setPage(page - 1)}>
            Newer
          </Button>
          <Button variant="control" isDisabled={page * SIZE >= total} onClick={() => setPage(page + 1)}>
            Older
          </Button>
        </span>
      )}
      <CallShown call={call} label="Same call in a shell: changes" />
    </>
  )
}

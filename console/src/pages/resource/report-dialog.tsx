import {
  Alert,
  Form,
  FormGroup,
  FormSelect,
  FormSelectOption,
  List,
  ListItem,
  TextInput,
} from '@patternfly/react-core'
import { useEffect, useState } from 'react'
import { send } from '../../api/client.ts'
import type { Explanation, NewReport } from '../../api/types.ts'
import { useServer } from '../../app/context.ts'
import { CallDialog } from './dialog.tsx'
import { useSubject } from './subject.ts'

const STATUSES = ['True', 'False', 'Unknown'] as const
const TYPES = ['Available', 'Applied', 'Health'] as const
const PAUSE_MS = 400

type Status = (typeof STATUSES)[number]

/** Reports conditions on the resource as an adapter would, and shows beforehand what they would amount to. */
export default function ReportDialog({ onClose }: { onClose(): void }) {
  const { document } = useServer()
  const { kind, resource, explanation, again } = useSubject()
  const waitedFor =
    explanation?.conditions.flatMap(({ waiting_for }) => waiting_for.map(({ adapter }) => adapter)) ?? []
  const [adapter, setAdapter] = useState(waitedFor[0] ?? '')
  const [statuses, setStatuses] = useState<Record<string, Status>>({
    Available: 'True',
    Applied: 'True',
    Health: 'True',
    ...(resource.deleted_time && { Finalized: 'True' }),
  })
  const [reason, setReason] = useState('')
  const [message, setMessage] = useState('')
  const [discarded, setDiscarded] = useState<string>()
  const types = [...TYPES, ...(resource.deleted_time ? ['Finalized'] : [])]
  const body: NewReport = {
    adapter,
    observed_generation: resource.generation,
    conditions: types.map((type) => ({
      type,
      status: statuses[type] ?? 'Unknown',
      ...(type === 'Available' && { ...(reason && { reason }), ...(message && { message }) }),
    })),
  }
  return (
    <CallDialog
      title={`Report on ${resource.name}`}
      action="Report"
      call={adapter ? document.call('reports.put', kind.name, [resource.id], { body }) : undefined}
      onDone={({ headers }) => {
        again()
        const rule = headers.get('hyperfleet-discarded')
        if (rule) setDiscarded(rule)
        else onClose()
      }}
      onClose={onClose}
    >
      <Form onSubmit={(event) => event.preventDefault()}>
        <FormGroup label="Adapter" fieldId="adapter" isRequired>
          <TextInput
            id="adapter"
            value={adapter}
            isRequired
            list="adapters"
            onChange={(_event, value) => setAdapter(value)}
          />
          <datalist id="adapters">
            {[...new Set(waitedFor)].map((each) => (
              <option key={each} value={each} />
            ))}
          </datalist>
        </FormGroup>
        {types.map((type) => (
          <FormGroup key={type} label={type} fieldId={`status-${type}`}>
            <FormSelect
              id={`status-${type}`}
              value={statuses[type] ?? ''}
              onChange={(_event, status) => setStatuses({ ...statuses, [type]: status as Status })}
            >
              {STATUSES.map((status) => (
                <FormSelectOption key={status} value={status} label={status} />
              ))}
            </FormSelect>
          </FormGroup>
        ))}
        <FormGroup label="Reason of Available" fieldId="report-reason">
          <TextInput id="report-reason" value={reason} onChange={(_event, value) => setReason(value)} />
        </FormGroup>
        <FormGroup label="Message of Available" fieldId="report-message">
          <TextInput id="report-message" value={message} onChange={(_event, value) => setMessage(value)} />
        </FormGroup>
      </Form>
      {discarded && (
        <Alert
          variant="warning"
          isInline
          isLiveRegion
          title={`The server has discarded the report: ${discarded}`}
        />
      )}
      <Preview body={adapter ? body : undefined} />
    </CallDialog>
  )
}

/** What the conditions would be after the report. */
function Preview({ body }: { body: NewReport | undefined }) {
  const { document } = useServer()
  const { kind, resource } = useSubject()
  const [sentences, setSentences] = useState<string[]>([])
  const key = JSON.stringify(body)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the report.
  useEffect(() => {
    if (!body) return setSentences([])
    const aborter = new AbortController()
    const call = document.call('reports.preview', kind.name, [resource.id], { body })
    const show = (explanation: Explanation | undefined) =>
      setSentences(
        explanation?.sentences ?? [
          'There would be nothing to explain: it would be discarded, or remove the resource.',
        ],
      )
    const timer = setTimeout(
      () =>
        send<Explanation | undefined>(call, aborter.signal).then(
          (answer) => show(answer.body),
          () => {},
        ),
      PAUSE_MS,
    )
    return () => {
      clearTimeout(timer)
      aborter.abort()
    }
  }, [key])
  if (!sentences.length) return null
  return (
    <Alert variant="info" isInline title="After this report">
      <List>
        {sentences.map((sentence) => (
          <ListItem key={sentence}>{sentence}</ListItem>
        ))}
      </List>
    </Alert>
  )
}

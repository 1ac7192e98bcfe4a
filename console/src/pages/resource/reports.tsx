import {
  Card,
  CardBody,
  CardTitle,
  EmptyState,
  EmptyStateBody,
  ExpandableSection,
} from '@patternfly/react-core'
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table'
import type { Page, Report } from '../../api/types.ts'
import { useAnswer } from '../../api/use-answer.ts'
import { useServer } from '../../app/context.ts'
import { CallShown } from '../../parts/call-shown.tsx'
import { StatusLabel } from '../../parts/condition.tsx'
import { JsonText } from '../../parts/json-text.tsx'
import { ProblemShown } from '../../parts/problem.tsx'
import { Time } from '../../parts/time.tsx'
import { useSubject } from './subject.ts'

/** The last report of each adapter, with its conditions and data. */
export function Reports() {
  const { document } = useServer()
  const { kind, resource, changes } = useSubject()
  const call = document.call('reports.list', kind.name, [resource.id], { query: { order: 'adapter' } })
  const { answer, error } = useAnswer<Page<Report>>(call, changes)
  return (
    <>
      <ProblemShown error={error} />
      {answer?.body.items.map((report) => (
        <ReportCard key={report.adapter} report={report} generation={resource.generation} />
      ))}
      {answer?.body.items.length === 0 && (
        <EmptyState titleText="No adapter has reported" headingLevel="h2">
          <EmptyStateBody>The first report of each adapter will be shown here.</EmptyStateBody>
        </EmptyState>
      )}
      <CallShown call={call} label="Same call in a shell: reports" />
    </>
  )
}

function ReportCard({ report, generation }: { report: Report; generation: number }) {
  const { adapter, observed_generation, last_report_time, conditions, data, metadata } = report
  return (
    <Card>
      <CardTitle component="h2">{adapter}</CardTitle>
      <CardBody>
        <p>
          Reported <Time of={last_report_time} /> on generation {observed_generation}
          {observed_generation === generation ? '' : ` (the resource is at ${generation})`}
        </p>
        <Table aria-label={`Conditions reported by ${adapter}`} variant="compact">
          <Thead>
            <Tr>
              <Th>Condition</Th>
              <Th>Status</Th>
              <Th>Since</Th>
              <Th>Reason</Th>
            </Tr>
          </Thead>
          <Tbody>
            {conditions.map(({ type, status, reason, message, last_transition_time }) => (
              <Tr key={type}>
                <Td dataLabel="Condition">{type}</Td>
                <Td dataLabel="Status">
                  <StatusLabel status={status} />
                </Td>
                <Td dataLabel="Since">
                  <Time of={last_transition_time} />
                </Td>
                <Td dataLabel="Reason" className="hf-text">
                  {[reason, message].filter(Boolean).join(': ')}
                </Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
        {Object.keys(data).length > 0 && (
          <ExpandableSection toggleText="Data">
            <JsonText value={data} label={`Data of ${adapter}`} />
          </ExpandableSection>
        )}
        {metadata && (
          <ExpandableSection toggleText="Metadata">
            <JsonText value={metadata} label={`Metadata of ${adapter}`} />
          </ExpandableSection>
        )}
      </CardBody>
    </Card>
  )
}

import { PageSection, Spinner, Toolbar, ToolbarContent, ToolbarItem } from '@patternfly/react-core'
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table'
import { useState } from 'react'
import type { Kind } from '../../api/document.ts'
import type { Report, Resource } from '../../api/types.ts'
import { places } from '../../app/places.ts'
import { PlaceLink } from '../../app/router.tsx'
import { StateLabel, StatusLabel } from '../../parts/condition.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { PageSteps } from '../../parts/page-steps.tsx'
import { ProblemShown } from '../../parts/problem.tsx'
import { Time } from '../../parts/time.tsx'
import { ScopeChoice } from './scope-choice.tsx'
import { type Row, useRows } from './use-rows.ts'

/** What each adapter has reported on each resource of a page, and which adapters the resource waits for. */
export default function AdapterMatrix({ kind }: { kind: Kind }) {
  const [search, setSearch] = useState<string>()
  const { rows, error, total, isLoading, ...steps } = useRows(kind, search)
  const adapters = [
    ...new Set(rows.flatMap(({ reports, waits }) => [...reports.keys(), ...waits.keys()])),
  ].sort()
  return (
    <>
      <PageHead title={`${kind.name} by adapter`} />
      <PageSection>
        <Toolbar>
          <ToolbarContent>
            <ToolbarItem>
              <ScopeChoice search={search} onChange={setSearch} />
            </ToolbarItem>
            <ToolbarItem>{isLoading && <Spinner size="md" aria-label="Reports are read" />}</ToolbarItem>
            <ToolbarItem align={{ default: 'alignEnd' }}>
              <PageSteps total={total} count={rows.length} {...steps} />
            </ToolbarItem>
          </ToolbarContent>
        </Toolbar>
        <ProblemShown error={error} />
        {!isLoading && !rows.length && !error && <p>There is none.</p>}
        {rows.length > 0 && (
          <div className="hf-scroll">
            <Table aria-label={`Reports on ${kind.name} by adapter`} variant="compact">
              <Thead>
                <Tr>
                  <Th>Name</Th>
                  <Th>State</Th>
                  {adapters.map((adapter) => (
                    <Th key={adapter}>{adapter}</Th>
                  ))}
                </Tr>
              </Thead>
              <Tbody>
                {rows.map((row) => (
                  <Tr key={row.resource.id}>
                    <Td dataLabel="Name">
                      <PlaceLink href={places.resource(kind.name, row.resource.id)}>
                        {row.resource.name}
                      </PlaceLink>
                    </Td>
                    <Td dataLabel="State">
                      <StateLabel resource={row.resource} />
                    </Td>
                    {adapters.map((adapter) => (
                      <Td key={adapter} dataLabel={adapter}>
                        <Cell adapter={adapter} row={row} />
                      </Td>
                    ))}
                  </Tr>
                ))}
              </Tbody>
            </Table>
          </div>
        )}
      </PageSection>
    </>
  )
}

/** What an adapter has reported, when, and why the resource waits for it. */
function Cell({ adapter, row }: { adapter: string; row: Row }) {
  const report = row.reports.get(adapter)
  const waits = row.waits.get(adapter)
  return (
    <>
      {report && <ReportShown report={report} resource={row.resource} />}
      {waits && (
        <span className="hf-quiet">
          {report && ', '}
          {waits.replaceAll('_', ' ')}
        </span>
      )}
      {!report && !waits && '–'}
    </>
  )
}

function ReportShown({ report, resource }: { report: Report; resource: Resource }) {
  const available = report.conditions.find(({ type }) => type === 'Available')
  const isOld = report.observed_generation !== resource.generation
  return (
    <>
      <StatusLabel
        status={available?.status ?? 'Unknown'}
        title={[available?.reason, available?.message].filter(Boolean).join(': ')}
      />{' '}
      <span className="hf-quiet">
        {isOld && `generation ${report.observed_generation}, `}
        <Time of={report.last_report_time} />
      </span>
    </>
  )
}

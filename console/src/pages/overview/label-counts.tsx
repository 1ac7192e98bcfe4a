import { Card, CardBody, CardTitle, FormSelect, FormSelectOption } from '@patternfly/react-core'
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table'
import { useState } from 'react'
import type { Kind } from '../../api/document.ts'
import type { Page, Resource, Summary } from '../../api/types.ts'
import { useAnswer } from '../../api/use-answer.ts'
import { useServer } from '../../app/context.ts'
import { places } from '../../app/places.ts'
import { PlaceLink } from '../../app/router.tsx'
import { ProblemShown } from '../../parts/problem.tsx'
import { searches } from '../../parts/searches.ts'
import { quoted } from '../list/vocabulary.ts'

const SAMPLE = 200
/** How many values of a label are shown; a label with more of them tells nothing at a glance. */
const MOST_VALUES = 12

/** How many resources of a kind are not ready, by the values of one of the labels that the newest resources have. */
export function LabelCounts({ kind }: { kind: Kind }) {
  const { document } = useServer()
  const query = { size: SAMPLE, fields: 'labels' }
  const { answer } = useAnswer<Page<Resource>>(document.call('resources.list', kind.name, [], { query }))
  const labels = labelsOf(answer?.body.items ?? [])
  const [chosen, setChosen] = useState<string>()
  const key = chosen ?? labels[0]
  if (key === undefined) return null
  return (
    <Card isFullHeight>
      <CardTitle component="h2">{kind.name} by label</CardTitle>
      <CardBody>
        <FormSelect
          aria-label={`Label of ${kind.name}`}
          value={key}
          onChange={(_event, next) => setChosen(next)}
        >
          {labels.map((each) => (
            <FormSelectOption key={each} value={each} label={each} />
          ))}
        </FormSelect>
        <Counts key={key} kind={kind} label={key} />
      </CardBody>
    </Card>
  )
}

/** The largest groups of resources with one value of a label; those that are being deleted are left out. */
function Counts({ kind, label }: { kind: Kind; label: string }) {
  const { document } = useServer()
  const field = `labels[${quoted(label)}]`
  const query = { kind: kind.name, group_by: field, search: searches.live }
  const { answer, error } = useAnswer<Summary>(document.call('summary.get', undefined, [], { query }))
  const groups = answer?.body.groups ?? []
  const values = groups.length + (answer?.body.others?.groups ?? 0)
  return (
    <>
      <ProblemShown error={error} />
      <Table aria-label={`${kind.name} by ${label}`} variant="compact">
        <Thead>
          <Tr>
            <Th>Value</Th>
            <Th>All</Th>
            <Th>Not ready</Th>
          </Tr>
        </Thead>
        <Tbody>
          {groups.slice(0, MOST_VALUES).map((group) => (
            <Group key={JSON.stringify(group.value ?? null)} kind={kind} field={field} group={group} />
          ))}
        </Tbody>
      </Table>
      {values > MOST_VALUES && (
        <p className="hf-quiet">
          The {MOST_VALUES} largest of {values.toLocaleString('en')} values.
        </p>
      )}
    </>
  )
}

interface GroupProps {
  kind: Kind
  field: string
  group: NonNullable<Summary['groups']>[number]
}

function Group({ kind, field, group: { value, total, conditions } }: GroupProps) {
  const search = value === undefined ? `${field} is null` : `${field} = ${quoted(value)}`
  const list = (more: string) => places.list(kind.name, { search: `${search} and ${more}` })
  return (
    <Tr>
      <Td dataLabel="Value" className="hf-text">
        {value === undefined ? '(without it)' : value || '(empty)'}
      </Td>
      <Td dataLabel="All">
        <PlaceLink href={list(searches.live)}>{total.toLocaleString('en')}</PlaceLink>
      </Td>
      <Td dataLabel="Not ready">
        <PlaceLink href={list(searches.notReady)}>
          {(conditions.Reconciled?.False ?? 0).toLocaleString('en')}
        </PlaceLink>
      </Td>
    </Tr>
  )
}

/** The keys of labels, those with the fewest values first; those with a single value come last. */
function labelsOf(resources: Resource[]): string[] {
  const found = new Map<string, Set<string>>()
  for (const { labels } of resources)
    for (const [key, value] of Object.entries(labels))
      found.set(key, (found.get(key) ?? new Set()).add(value))
  const few = [...found].filter(([, { size }]) => size <= MOST_VALUES)
  const rank = ({ size }: Set<string>) => (size === 1 ? MOST_VALUES + 1 : size)
  return few.sort(([, one], [, other]) => rank(one) - rank(other)).map(([key]) => key)
}

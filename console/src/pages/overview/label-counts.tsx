import { Card, CardBody, CardTitle, FormSelect, FormSelectOption } from '@patternfly/react-core'
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table'
import { useState } from 'react'
import type { Kind } from '../../api/document.ts'
import type { Page, Resource } from '../../api/types.ts'
import { useAnswer } from '../../api/use-answer.ts'
import { useServer } from '../../app/context.ts'
import { places } from '../../app/places.ts'
import { PlaceLink } from '../../app/router.tsx'
import { searches } from '../../parts/searches.ts'
import { quoted } from '../list/vocabulary.ts'
import { useTotal } from './use-total.ts'

const SAMPLE = 200
/** How many values of a label are counted; a label with more of them tells nothing at a glance. */
const MOST_VALUES = 12

/** How many resources of a kind are ready, by the values of one label, as far as the newest resources have them. */
export function LabelCounts({ kind }: { kind: Kind }) {
  const { document } = useServer()
  const query = { size: SAMPLE, fields: 'labels' }
  const { answer } = useAnswer<Page<Resource>>(document.call('resources.list', kind.name, [], { query }))
  const labels = labelsOf(answer?.body.items ?? [])
  const [chosen, setChosen] = useState<string>()
  const key = chosen ?? labels.keys().next().value
  const values = key === undefined ? undefined : labels.get(key)
  if (key === undefined || !values) return null
  return (
    <Card isFullHeight>
      <CardTitle component="h2">{kind.name} by label</CardTitle>
      <CardBody>
        <FormSelect
          aria-label={`Label of ${kind.name}`}
          value={key}
          onChange={(_event, next) => setChosen(next)}
        >
          {[...labels.keys()].map((each) => (
            <FormSelectOption key={each} value={each} label={each} />
          ))}
        </FormSelect>
        <Table aria-label={`${kind.name} by ${key}`} variant="compact">
          <Thead>
            <Tr>
              <Th>Value</Th>
              <Th>All</Th>
              <Th>Not ready</Th>
            </Tr>
          </Thead>
          <Tbody>
            {values.map((value) => (
              <Value
                key={value}
                kind={kind}
                search={`labels[${quoted(key)}] = ${quoted(value)}`}
                value={value}
              />
            ))}
          </Tbody>
        </Table>
        {answer && answer.body.total > SAMPLE && (
          <p className="hf-quiet">
            The values are those of the newest {SAMPLE} resources; the numbers are of all.
          </p>
        )}
      </CardBody>
    </Card>
  )
}

function Value({ kind, search, value }: { kind: Kind; search: string; value: string }) {
  const failing = `${search} and ${searches.notReady}`
  const [all, some] = [useTotal(kind, search), useTotal(kind, failing)]
  return (
    <Tr>
      <Td dataLabel="Value" className="hf-text">
        {value || '(empty)'}
      </Td>
      <Td dataLabel="All">
        <PlaceLink href={places.list(kind.name, { search })}>{all.total?.toLocaleString('en')}</PlaceLink>
      </Td>
      <Td dataLabel="Not ready">
        <PlaceLink href={places.list(kind.name, { search: failing })}>
          {some.total?.toLocaleString('en')}
        </PlaceLink>
      </Td>
    </Tr>
  )
}

/** The labels with few values, those with the fewest first; one with a single value comes last. */
function labelsOf(resources: Resource[]): Map<string, string[]> {
  const found = new Map<string, Set<string>>()
  for (const { labels } of resources)
    for (const [key, value] of Object.entries(labels))
      found.set(key, (found.get(key) ?? new Set()).add(value))
  const few = [...found].filter(([, { size }]) => size <= MOST_VALUES)
  const rank = ({ size }: Set<string>) => (size === 1 ? MOST_VALUES + 1 : size)
  const sorted = few.sort(([, one], [, other]) => rank(one) - rank(other))
  return new Map(sorted.map(([key, values]) => [key, [...values].sort()]))
}

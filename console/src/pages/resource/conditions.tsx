import {
  Card,
  CardBody,
  CardTitle,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
  List,
  ListItem,
} from '@patternfly/react-core'
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table'
import { StatusLabel } from '../../parts/condition.tsx'
import { Time } from '../../parts/time.tsx'
import { LabelsShown } from '../list/columns.tsx'
import { useSubject } from './subject.ts'

/** The state in sentences, the conditions with their rules, and what the resource is. */
export function Conditions() {
  const { explanation, resource } = useSubject()
  return (
    <>
      {explanation && explanation.sentences.length > 0 && (
        <Card>
          <CardTitle component="h2">Why</CardTitle>
          <CardBody>
            <List aria-live="polite">
              {explanation.sentences.map((sentence) => (
                <ListItem key={sentence}>{sentence}</ListItem>
              ))}
              {explanation.failed.map(({ type, reason }) => (
                <ListItem key={type}>
                  {type} cannot be evaluated: {reason}
                </ListItem>
              ))}
            </List>
          </CardBody>
        </Card>
      )}
      <ConditionTable />
      <DescriptionList isHorizontal isCompact className="hf-facts">
        <Fact name="Id">{resource.id}</Fact>
        <Fact name="Labels">
          <LabelsShown labels={resource.labels} />
        </Fact>
        <Fact name="Generation">{resource.generation}</Fact>
        <Fact name="Created">
          <Time of={resource.created_time} /> by {resource.created_by}
        </Fact>
        <Fact name="Changed">
          <Time of={resource.updated_time} /> by {resource.updated_by}
        </Fact>
        {resource.deleted_time && (
          <Fact name="Marked for deletion">
            <Time of={resource.deleted_time} /> by {resource.deleted_by}
          </Fact>
        )}
      </DescriptionList>
    </>
  )
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <DescriptionListGroup>
      <DescriptionListTerm>{name}</DescriptionListTerm>
      <DescriptionListDescription>{children}</DescriptionListDescription>
    </DescriptionListGroup>
  )
}

function ConditionTable() {
  const { resource, explanation } = useSubject()
  const ruleOf = (type: string) => explanation?.conditions.find((each) => each.type === type)
  if (!resource.status.conditions.length) return <p>Resources of this kind have no conditions.</p>
  return (
    <div className="hf-scroll">
      <Table aria-label="Conditions" variant="compact">
        <Thead>
          <Tr>
            <Th>Condition</Th>
            <Th>Status</Th>
            <Th modifier="nowrap">Since</Th>
            <Th>Reason</Th>
            <Th modifier="nowrap">Waits for</Th>
          </Tr>
        </Thead>
        <Tbody>
          {resource.status.conditions.map(({ type, status, reason, message, last_transition_time }) => (
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
                <p className="hf-quiet">{ruleOf(type)?.rule}</p>
              </Td>
              <Td dataLabel="Waits for" className="hf-text">
                {ruleOf(type)
                  ?.waiting_for.map(({ adapter, state }) => `${adapter} (${state.replaceAll('_', ' ')})`)
                  .join(', ')}
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
    </div>
  )
}

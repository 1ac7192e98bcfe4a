import { Button, List, ListItem, Title } from '@patternfly/react-core'
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table'
import type { Kind } from '../../api/document.ts'
import type { Page, Resource } from '../../api/types.ts'
import { useAnswer } from '../../api/use-answer.ts'
import { useServer } from '../../app/context.ts'
import { places } from '../../app/places.ts'
import { follow, PlaceLink } from '../../app/router.tsx'
import { StateLabel } from '../../parts/condition.tsx'
import { ProblemShown } from '../../parts/problem.tsx'
import { quoted } from '../list/vocabulary.ts'
import { useSubject } from './subject.ts'

const SIZE = 50
const FIELDS = 'id,kind,name,deleted_time,status.conditions'

/** The parent, the children of each kind, the resources that it refers to, and those that refer to it. */
export function Related() {
  const { document } = useServer()
  const { kind, resource } = useSubject()
  const { owner_references: parent, references = {}, id } = resource
  const children = document.kinds.filter(({ parent_kind }) => parent_kind === kind.name)
  const referring = document.kinds.flatMap((other) =>
    (other.references ?? [])
      .filter(({ target_kind }) => target_kind === kind.name)
      .map(({ ref_type }) => ({ other, search: `references.${ref_type} = ${quoted(id)}`, ref_type })),
  )
  const targets = Object.entries(references).flatMap(([type, list]) =>
    list.map((target) => ({ type, ...target })),
  )
  return (
    <>
      {parent && (
        <p>
          Below{' '}
          <PlaceLink
            href={places.resource(parent.kind, parent.id)}
          >{`${parent.kind} ${parent.id}`}</PlaceLink>
        </p>
      )}
      {children.map((child) => (
        <Listed
          key={child.name}
          title={`${child.name} below it`}
          kind={child}
          search={`owner_id = ${quoted(id)}`}
          action={
            <Button
              variant="link"
              component="a"
              href={places.create(child.name, id)}
              onClick={(event) => follow(event, places.create(child.name, id))}
            >
              Create {child.name}
            </Button>
          }
        />
      ))}
      {targets.length > 0 && (
        <>
          <Title headingLevel="h2" size="lg">
            Refers to
          </Title>
          <List>
            {targets.map((target) => (
              <ListItem key={`${target.type} ${target.id}`}>
                {target.type}:{' '}
                <PlaceLink
                  href={places.resource(target.kind, target.id)}
                >{`${target.kind} ${target.id}`}</PlaceLink>
              </ListItem>
            ))}
          </List>
        </>
      )}
      {referring.map(({ other, search, ref_type }) => (
        <Listed
          key={other.name + ref_type}
          title={`${other.name} that refer to it as ${ref_type}`}
          kind={other}
          search={search}
        />
      ))}
      {!parent && !children.length && !targets.length && !referring.length && (
        <p>This kind has neither children nor references.</p>
      )}
    </>
  )
}

function Listed({
  title,
  kind,
  search,
  action,
}: {
  title: string
  kind: Kind
  search: string
  action?: React.ReactNode
}) {
  const { document } = useServer()
  const { changes } = useSubject()
  const query = { search, size: SIZE, fields: FIELDS }
  const { answer, error } = useAnswer<Page<Resource>>(
    document.call('resources.list', kind.name, [], { query }),
    changes,
  )
  const { total = 0, items = [] } = answer?.body ?? {}
  return (
    <section>
      <Title headingLevel="h2" size="lg">
        {title} ({total.toLocaleString('en')}) {action}
      </Title>
      <ProblemShown error={error} />
      {items.length > 0 && (
        <Table aria-label={title} variant="compact">
          <Thead>
            <Tr>
              <Th>Name</Th>
              <Th>State</Th>
            </Tr>
          </Thead>
          <Tbody>
            {items.map((item) => (
              <Tr key={item.id}>
                <Td dataLabel="Name">
                  <PlaceLink href={places.resource(kind.name, item.id)}>{item.name}</PlaceLink>
                </Td>
                <Td dataLabel="State">
                  <StateLabel resource={item} />
                </Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      )}
      {total > SIZE && (
        <PlaceLink href={places.list(kind.name, { search })}>All {total.toLocaleString('en')}</PlaceLink>
      )}
    </section>
  )
}

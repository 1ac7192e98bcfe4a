import { Card, CardBody, CardTitle, Label, List, ListItem, Title } from '@patternfly/react-core'
import { useEffect, useState } from 'react'
import { atATime } from '../../api/at-a-time.ts'
import { CallFailed, send } from '../../api/client.ts'
import type { ApiDocument, Kind } from '../../api/document.ts'
import type { Explanation, Page, Resource } from '../../api/types.ts'
import { useAnswer } from '../../api/use-answer.ts'
import { useServer } from '../../app/context.ts'
import { places } from '../../app/places.ts'
import { PlaceLink } from '../../app/router.tsx'
import { conditionOf } from '../../parts/condition.tsx'
import { ProblemShown } from '../../parts/problem.tsx'
import { searches } from '../../parts/searches.ts'
import { Time } from '../../parts/time.tsx'

/** How many stuck resources are shown and explained. */
const SHOWN = 8
const AT_A_TIME = 4

/** The resources of a kind that have not been reconciled for long, and the adapters that they wait for. */
export function Stuck({ kind }: { kind: Kind }) {
  const { document } = useServer()
  const query = {
    search: searches.stuck,
    size: SHOWN,
    order: 'updated_time',
    fields: 'id,kind,name,status.conditions',
  }
  const { answer, error } = useAnswer<Page<Resource>>(
    document.call('resources.list', kind.name, [], { query }),
  )
  const waits = useAwaited(answer?.body.items)
  if (!error && !answer?.body.items.length) return null
  const { total = 0, items = [] } = answer?.body ?? {}
  return (
    <Card isFullHeight>
      <CardTitle component="h2">Stuck: {kind.name}</CardTitle>
      <CardBody>
        <ProblemShown error={error} />
        <List isPlain>
          {items.map((resource) => (
            <ListItem key={resource.id}>
              <PlaceLink href={places.resource(kind.name, resource.id)}>{resource.name}</PlaceLink>{' '}
              <span className="hf-quiet">
                not ready since <Time of={conditionOf(resource, 'Reconciled')?.last_transition_time} />
              </span>
            </ListItem>
          ))}
        </List>
        {total > SHOWN && (
          <PlaceLink href={places.list(kind.name, { search: searches.stuck })}>
            All {total.toLocaleString('en')}
          </PlaceLink>
        )}
        {waits.size > 0 && (
          <>
            <Title headingLevel="h3" size="md">
              These wait for
            </Title>
            <span className="hf-labels">
              {[...waits].map(([wait, count]) => (
                <Label key={wait} isCompact status="warning">
                  {wait}: {count}
                </Label>
              ))}
            </span>
          </>
        )}
      </CardBody>
    </Card>
  )
}

/** How many of the resources wait for which adapter in which state, such as `dns silent`. */
function useAwaited(resources: Resource[] | undefined): Map<string, number> {
  const { document } = useServer()
  const [waits, setWaits] = useState<Map<string, number>>(new Map())
  useEffect(() => {
    if (!resources) return
    const aborter = new AbortController()
    atATime(AT_A_TIME, resources, (resource) => awaitedBy(document, resource, aborter.signal)).then(
      (found) => {
        const counts = new Map<string, number>()
        for (const wait of found.flat()) counts.set(wait, (counts.get(wait) ?? 0) + 1)
        setWaits(counts)
      },
      () => {},
    )
    return () => aborter.abort()
  }, [document, resources])
  return waits
}

async function awaitedBy(
  document: ApiDocument,
  { kind, id }: Resource,
  signal: AbortSignal,
): Promise<string[]> {
  try {
    const { body } = await send<Explanation>(document.call('resources.explain', kind, [id]), signal)
    const awaited = body.conditions.find(({ type }) => type === 'Reconciled')?.waiting_for ?? []
    return awaited.map(({ adapter, state }) => `${adapter} ${state.replaceAll('_', ' ')}`)
  } catch (error) {
    // It has been removed meanwhile.
    if (error instanceof CallFailed) return []
    throw error
  }
}

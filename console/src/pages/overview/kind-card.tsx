import {
  Card,
  CardBody,
  CardTitle,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
} from '@patternfly/react-core'
import type { Kind } from '../../api/document.ts'
import { places } from '../../app/places.ts'
import { PlaceLink } from '../../app/router.tsx'
import { ProblemShown } from '../../parts/problem.tsx'
import { STUCK, searches } from '../../parts/searches.ts'
import { useTotal } from './use-total.ts'

const COUNTS: [title: string, search: string | undefined][] = [
  ['All', undefined],
  ['Ready', searches.ready],
  ['Not ready', searches.notReady],
  [`Not ready for ${STUCK}`, searches.stuck],
  ['Deleting', searches.marked],
]

/** How many resources of a kind there are, by their state; each number leads to its list. */
export function KindCard({ kind }: { kind: Kind }) {
  return (
    <Card isFullHeight>
      <CardTitle component="h2">{kind.name}</CardTitle>
      <CardBody>
        <DescriptionList isHorizontal isCompact>
          {COUNTS.map(([title, search]) => (
            <Count key={title} kind={kind} title={title} search={search} />
          ))}
        </DescriptionList>
      </CardBody>
    </Card>
  )
}

function Count({ kind, title, search }: { kind: Kind; title: string; search: string | undefined }) {
  const { total, error } = useTotal(kind, search)
  return (
    <DescriptionListGroup>
      <DescriptionListTerm>{title}</DescriptionListTerm>
      <DescriptionListDescription>
        <ProblemShown error={error} />
        {total !== undefined && (
          <PlaceLink href={places.list(kind.name, { search })}>{total.toLocaleString('en')}</PlaceLink>
        )}
      </DescriptionListDescription>
    </DescriptionListGroup>
  )
}

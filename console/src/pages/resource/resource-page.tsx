import {
  Breadcrumb,
  BreadcrumbItem,
  Bullseye,
  EmptyState,
  EmptyStateBody,
  PageSection,
  Spinner,
  Tab,
  Tabs,
  TabTitleText,
} from '@patternfly/react-core'
import { useCallback, useState } from 'react'
import type { Kind } from '../../api/document.ts'
import type { Explanation, Resource } from '../../api/types.ts'
import { useAnswer } from '../../api/use-answer.ts'
import { useFeed } from '../../api/use-feed.ts'
import { useServer } from '../../app/context.ts'
import { places } from '../../app/places.ts'
import { goTo, PlaceLink, usePlace } from '../../app/router.tsx'
import { CallShown } from '../../parts/call-shown.tsx'
import { StateLabel } from '../../parts/condition.tsx'
import { LiveLabel } from '../../parts/live-label.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { ProblemShown } from '../../parts/problem.tsx'
import { Actions } from './actions.tsx'
import { Conditions } from './conditions.tsx'
import { Related } from './related.tsx'
import { Reports } from './reports.tsx'
import { SpecAndGenerations } from './spec.tsx'
import { SubjectContext } from './subject.ts'
import { Timeline } from './timeline.tsx'

const TABS = [
  { key: 'conditions', title: 'Conditions', Content: Conditions },
  { key: 'reports', title: 'Reports', Content: Reports },
  { key: 'spec', title: 'Spec and generations', Content: SpecAndGenerations },
  { key: 'timeline', title: 'Timeline', Content: Timeline },
  { key: 'related', title: 'Children and references', Content: Related },
]

/** One resource, live: why its conditions are as they are, its reports, spec, history and relations, and what can be done to it. */
export default function ResourcePage({ kind, id }: { kind: Kind; id: string }) {
  const { document } = useServer()
  const { query } = usePlace()
  const [changes, setChanges] = useState(0)
  const [isRemoved, setRemoved] = useState(false)
  const call = document.call('resources.get', kind.name, [id])
  const { answer, error, again } = useAnswer<Resource>(call, changes)
  const explained = useAnswer<Explanation>(document.call('resources.explain', kind.name, [id]), changes)
  const reread = useCallback(() => setChanges((former) => former + 1), [])
  const feed = useFeed(
    {
      path: document.pathOf('changes.list', undefined),
      kind: kind.name,
      search: `id = '${id.replaceAll("'", "''")}'`,
      since: 'now',
    },
    ({ id: changed, type, left }) => {
      if (changed !== id) return
      if (type === 'removed' && !left) setRemoved(true)
      reread()
    },
    reread,
  )
  const resource = answer?.body
  if (!resource && !error)
    return (
      <Bullseye>
        <Spinner aria-label="The resource is read" />
      </Bullseye>
    )
  if (!resource)
    return (
      <PageSection>
        <ProblemShown error={error} />
      </PageSection>
    )
  const isGone = isRemoved || error?.status === 404
  const shown = TABS.find(({ key }) => key === query.get('tab')) ?? TABS[0]
  const subject = {
    kind,
    resource,
    tag: answer.headers.get('etag') ?? undefined,
    explanation: explained.answer?.body,
    changes,
    again,
  }
  return (
    <SubjectContext.Provider value={subject}>
      <PageSection type="breadcrumb">
        <Breadcrumb>
          <BreadcrumbItem render={() => <PlaceLink href={places.list(kind.name)}>{kind.name}</PlaceLink>} />
          <BreadcrumbItem isActive>{resource.name}</BreadcrumbItem>
        </Breadcrumb>
      </PageSection>
      <PageHead
        title={resource.name}
        beside={
          <span className="hf-labels">
            <StateLabel resource={resource} />
            <LiveLabel state={feed} />
          </span>
        }
        actions={!isGone && <Actions />}
      />
      <PageSection>
        {isGone ? (
          <EmptyState titleText="Removed" headingLevel="h2" status="info">
            <EmptyStateBody>
              {kind.name} {resource.name} has been removed; its history is kept for some time.
            </EmptyStateBody>
          </EmptyState>
        ) : (
          <ProblemShown error={error} />
        )}
        <Tabs
          activeKey={shown?.key ?? ''}
          aria-label="Parts of the resource"
          mountOnEnter
          unmountOnExit
          onSelect={(_event, key) => goTo(places.resource(kind.name, id, String(key)), { replace: true })}
        >
          {TABS.map(({ key, title, Content }) => (
            <Tab key={key} eventKey={key} title={<TabTitleText>{title}</TabTitleText>}>
              <div className="hf-tab">
                <Content />
              </div>
            </Tab>
          ))}
        </Tabs>
        <CallShown call={call} />
      </PageSection>
    </SubjectContext.Provider>
  )
}

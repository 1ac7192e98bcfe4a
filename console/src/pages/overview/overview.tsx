import { Gallery, PageSection } from '@patternfly/react-core'
import { useServer } from '../../app/context.ts'
import { PageHead } from '../../parts/page-head.tsx'
import { KindCard } from './kind-card.tsx'
import { LabelCounts } from './label-counts.tsx'
import { Stuck } from './stuck.tsx'

/** The fleet at a glance: how many resources of each kind are ready, by label, and what is stuck on which adapters. */
export default function Overview() {
  const { kinds } = useServer().document
  const roots = kinds.filter(({ parent_kind }) => parent_kind === undefined)
  return (
    <>
      <PageHead title="Overview" />
      <PageSection>
        <Gallery hasGutter minWidths={{ default: '18rem' }}>
          {kinds.map((kind) => (
            <KindCard key={kind.name} kind={kind} />
          ))}
        </Gallery>
      </PageSection>
      <PageSection>
        <Gallery hasGutter minWidths={{ default: '30rem' }}>
          {roots.map((kind) => (
            <LabelCounts key={kind.name} kind={kind} />
          ))}
          {kinds.map((kind) => (
            <Stuck key={kind.name} kind={kind} />
          ))}
        </Gallery>
      </PageSection>
    </>
  )
}

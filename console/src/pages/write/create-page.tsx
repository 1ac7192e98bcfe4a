import { PageSection } from '@patternfly/react-core'
import type { Kind } from '../../api/document.ts'
import { useServer } from '../../app/context.ts'
import { places } from '../../app/places.ts'
import { goTo } from '../../app/router.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { emptyDraft } from './draft.ts'
import { DraftForm } from './draft-form.tsx'

/** Creates a resource of a kind, below a parent where the kind has one. */
export default function CreatePage({ kind, parent }: { kind: Kind; parent: string | undefined }) {
  const { document } = useServer()
  const above = parent === undefined ? [] : [parent]
  return (
    <>
      <PageHead title={`Create ${kind.name}`}>
        {parent && kind.parent_kind && <p>{`Below ${kind.parent_kind} ${parent}`}</p>}
      </PageHead>
      <PageSection>
        <DraftForm
          kind={kind}
          first={emptyDraft}
          isNew
          submit="Create"
          callOf={(name, members) =>
            document.call('resources.create', kind.name, above, {
              body: { kind: kind.name, name, ...members },
            })
          }
          onDone={({ id }) => goTo(places.resource(kind.name, id), { replace: true })}
          onCancel={() => history.back()}
        />
      </PageSection>
    </>
  )
}

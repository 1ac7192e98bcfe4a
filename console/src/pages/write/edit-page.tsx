import { Bullseye, PageSection, Spinner } from '@patternfly/react-core'
import type { Kind } from '../../api/document.ts'
import type { Resource } from '../../api/types.ts'
import { useAnswer } from '../../api/use-answer.ts'
import { useServer } from '../../app/context.ts'
import { places } from '../../app/places.ts'
import { goTo } from '../../app/router.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { ProblemShown } from '../../parts/problem.tsx'
import { changedMembers, draftOf } from './draft.ts'
import { DraftForm } from './draft-form.tsx'

/**
 * Changes labels, spec and references of a resource. The precondition is the generation that was read, so that a spec which
 * somebody else has changed meanwhile is not overwritten; reports of adapters do not disturb it.
 */
export default function EditPage({ kind, id }: { kind: Kind; id: string }) {
  const { document } = useServer()
  const { answer, error } = useAnswer<Resource>(document.call('resources.get', kind.name, [id]))
  if (error)
    return (
      <PageSection>
        <ProblemShown error={error} />
      </PageSection>
    )
  if (!answer)
    return (
      <Bullseye>
        <Spinner aria-label="The resource is read" />
      </Bullseye>
    )
  const { body: resource } = answer
  const leave = () => goTo(places.resource(kind.name, id), { replace: true })
  return (
    <>
      <PageHead title={`Edit ${resource.name}`} />
      <PageSection>
        <DraftForm
          kind={kind}
          first={draftOf(resource)}
          isNew={false}
          submit="Save"
          callOf={(_name, members) => {
            const changed = changedMembers(members, resource)
            if (!Object.keys(changed).length) return undefined
            const body = { ...changed, generation: resource.generation }
            return document.call('resources.patch', kind.name, [id], { body })
          }}
          onDone={leave}
          onCancel={leave}
        />
      </PageSection>
    </>
  )
}

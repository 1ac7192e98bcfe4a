import { Bullseye, EmptyState, EmptyStateBody, Spinner } from '@patternfly/react-core'
import { lazy, Suspense } from 'react'
import { useKind } from './context.ts'
import { usePlace } from './router.tsx'

const Overview = lazy(() => import('../pages/overview/overview.tsx'))
const ResourceList = lazy(() => import('../pages/list/resource-list.tsx'))
const AdapterMatrix = lazy(() => import('../pages/matrix/adapter-matrix.tsx'))
const ResourcePage = lazy(() => import('../pages/resource/resource-page.tsx'))
const CreatePage = lazy(() => import('../pages/write/create-page.tsx'))
const EditPage = lazy(() => import('../pages/write/edit-page.tsx'))

/** The page of the present place. Each is loaded when it is first shown. */
export function Pages() {
  return (
    <Suspense
      fallback={
        <Bullseye>
          <Spinner aria-label="The page is loaded" />
        </Bullseye>
      }
    >
      <PageOfPlace />
    </Suspense>
  )
}

function PageOfPlace() {
  const { parts, query } = usePlace()
  const [page, kindName, id = ''] = parts
  const kind = useKind(kindName)
  if (page === undefined) return <Overview />
  if (kind && page === 'list') return <ResourceList key={kind.name} kind={kind} />
  if (kind && page === 'adapters') return <AdapterMatrix key={kind.name} kind={kind} />
  if (kind && page === 'resource') return <ResourcePage key={id} kind={kind} id={id} />
  if (kind && page === 'create') return <CreatePage kind={kind} parent={query.get('parent') ?? undefined} />
  if (kind && page === 'edit') return <EditPage key={id} kind={kind} id={id} />
  return (
    <EmptyState titleText="There is no such page" headingLevel="h1">
      <EmptyStateBody>The address names a page or a kind that this server does not have.</EmptyStateBody>
    </EmptyState>
  )
}

import {
  Button,
  EmptyState,
  EmptyStateBody,
  PageSection,
  Skeleton,
  Toolbar,
  ToolbarContent,
  ToolbarItem,
} from '@patternfly/react-core'
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table'
import { useEffect, useMemo, useState } from 'react'
import type { Kind } from '../../api/document.ts'
import { useServer } from '../../app/context.ts'
import { places } from '../../app/places.ts'
import { follow, goTo, usePlace } from '../../app/router.tsx'
import { CallShown } from '../../parts/call-shown.tsx'
import { LiveLabel } from '../../parts/live-label.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { PageSteps } from '../../parts/page-steps.tsx'
import { ProblemShown } from '../../parts/problem.tsx'
import { ColumnChoice } from './column-choice.tsx'
import { columnsOf } from './columns.tsx'
import { searchOf } from './completion.ts'
import { SearchField } from './search-field.tsx'
import { useResources } from './use-resources.ts'
import { useSample } from './use-sample.ts'
import { vocabularyOf } from './vocabulary.ts'

const FIRST_ORDER = 'created_time desc'
/** The pause after a key before the list is asked. */
const PAUSE_MS = 250

/** The list of a kind: search, columns, order, pages, live. Search and order stand in the address. */
export default function ResourceList({ kind }: { kind: Kind }) {
  const { document } = useServer()
  const { query } = usePlace()
  const order = query.get('order') ?? FIRST_ORDER
  const [typed, setTyped] = useState(query.get('search') ?? '')
  const [asked, setAsked] = useState(typed)
  useEffect(() => {
    const timer = setTimeout(() => setAsked(typed), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [typed])
  useEffect(() => {
    const given = { search: asked, order: order === FIRST_ORDER ? undefined : order }
    goTo(places.list(kind.name, given), { replace: true })
  }, [kind.name, asked, order])
  const addressed = query.get('search') ?? ''
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another address (a link, the button "back") replaces what is typed.
  useEffect(() => {
    if (addressed === asked) return
    setTyped(addressed)
    setAsked(addressed)
  }, [addressed])
  const list = useResources(kind, { search: searchOf(asked), order })
  const sample = useSample(kind)
  const vocabulary = useMemo(() => vocabularyOf(document, kind, sample), [document, kind, sample])
  const columns = columnsOf(kind, list.resources)
  const [shown, setShown] = useShownColumns(columns.filter((each) => each.isShownFirst).map(({ key }) => key))
  const isSearchRefused = list.error?.violations.some(({ field }) => field === 'search')
  const canCreate = kind.parent_kind === undefined
  return (
    <>
      <PageHead
        title={kind.name}
        beside={!list.error && <LiveLabel state={list.feed} />}
        actions={
          canCreate && (
            <Button
              component="a"
              href={places.create(kind.name)}
              onClick={(event) => follow(event, places.create(kind.name))}
            >
              Create
            </Button>
          )
        }
      />
      <PageSection>
        <Toolbar>
          <ToolbarContent alignItems="start">
            <ToolbarItem className="hf-search-item">
              <SearchField
                text={typed}
                onChange={setTyped}
                vocabulary={vocabulary}
                error={isSearchRefused ? list.error : undefined}
              />
            </ToolbarItem>
            <ToolbarItem>
              <ColumnChoice columns={columns} shown={shown} onChange={setShown} />
            </ToolbarItem>
            <ToolbarItem align={{ default: 'alignEnd' }}>
              <PageSteps
                total={list.total}
                count={list.resources.length}
                first={list.first}
                back={list.back}
                forward={list.forward}
              />
            </ToolbarItem>
          </ToolbarContent>
        </Toolbar>
        {!isSearchRefused && <ProblemShown error={list.error} />}
        <ListTable
          name={kind.name}
          columns={columns.filter(({ key }) => shown.includes(key))}
          list={list}
          order={order}
          onOrder={(next) => goTo(places.list(kind.name, { search: asked, order: next }))}
        />
        <CallShown call={list.call} />
      </PageSection>
    </>
  )
}

type Listed = ReturnType<typeof useResources>

interface Shown {
  name: string
  columns: ReturnType<typeof columnsOf>
  list: Listed
  order: string
  onOrder(order: string): void
}

function ListTable({ name, columns, list, order, onOrder }: Shown) {
  const rows = list.resources
  const [field, direction] = order.split(' ')
  const sorts = columns.map(({ sort }) => sort)
  if (list.total === undefined && !list.error)
    return <Skeleton height="20rem" screenreaderText="The list is read" />
  if (list.error && !rows.length) return null
  if (!rows.length)
    return (
      <EmptyState titleText="Nothing found" headingLevel="h2">
        <EmptyStateBody>No {name} matches.</EmptyStateBody>
      </EmptyState>
    )
  return (
    <div className="hf-scroll">
      <Table aria-label={`${name} resources`} variant="compact" aria-busy={list.isLoading}>
        <Thead>
          <Tr>
            {columns.map(({ key, title, sort }, index) => (
              <Th
                key={key}
                modifier="nowrap"
                {...(sort && {
                  sort: {
                    columnIndex: index,
                    sortBy: { index: sorts.indexOf(field), direction: direction === 'desc' ? 'desc' : 'asc' },
                    onSort: (_event: unknown, _index: number, next: string) => onOrder(`${sort} ${next}`),
                  },
                })}
              >
                {title}
              </Th>
            ))}
          </Tr>
        </Thead>
        <Tbody>
          {rows.map((resource) => (
            <Tr key={resource.id} className={list.fresh.has(resource.id) ? 'hf-fresh' : ''}>
              {columns.map(({ key, title, cell }) => (
                <Td key={key} dataLabel={title}>
                  {cell(resource)}
                </Td>
              ))}
            </Tr>
          ))}
        </Tbody>
      </Table>
    </div>
  )
}

const COLUMNS = 'hyperfleet.columns'

/** The keys of the columns that are shown, for all lists; the browser keeps the choice. */
function useShownColumns(first: string[]): [string[], (shown: string[]) => void] {
  const [chosen, setChosen] = useState<string[] | undefined>(() => {
    const kept = localStorage.getItem(COLUMNS)
    return kept ? JSON.parse(kept) : undefined
  })
  const keep = (shown: string[]) => {
    localStorage.setItem(COLUMNS, JSON.stringify(shown))
    setChosen(shown)
  }
  return [chosen ?? first, keep]
}

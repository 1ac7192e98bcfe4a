import { ToggleGroup, ToggleGroupItem } from '@patternfly/react-core'
import { searches } from '../../parts/searches.ts'

const SCOPES = [
  { title: 'All', search: undefined },
  { title: 'Not ready', search: searches.notReady },
  { title: 'Deleting', search: searches.marked },
]

/** Which resources the matrix shows. */
export function ScopeChoice({
  search,
  onChange,
}: {
  search: string | undefined
  onChange(search: string | undefined): void
}) {
  return (
    <ToggleGroup aria-label="Which resources">
      {SCOPES.map((scope) => (
        <ToggleGroupItem
          key={scope.title}
          text={scope.title}
          isSelected={scope.search === search}
          onChange={() => onChange(scope.search)}
        />
      ))}
    </ToggleGroup>
  )
}

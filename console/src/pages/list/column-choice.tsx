import { MenuToggle, Select, SelectList, SelectOption } from '@patternfly/react-core'
import { useState } from 'react'
import type { Column } from './columns.tsx'

interface Choice {
  columns: Column[]
  shown: string[]
  onChange(shown: string[]): void
}

/** The menu of the columns that a list shows. */
export function ColumnChoice({ columns, shown, onChange }: Choice) {
  const [isOpen, setOpen] = useState(false)
  const turn = (key: string) =>
    onChange(shown.includes(key) ? shown.filter((each) => each !== key) : [...shown, key])
  return (
    <Select
      role="menu"
      isOpen={isOpen}
      onOpenChange={setOpen}
      onSelect={(_event, key) => turn(String(key))}
      toggle={(ref) => (
        <MenuToggle ref={ref} onClick={() => setOpen(!isOpen)} isExpanded={isOpen}>
          Columns
        </MenuToggle>
      )}
    >
      <SelectList>
        {columns.map(({ key, title }) => (
          <SelectOption
            key={key}
            value={key}
            hasCheckbox
            isSelected={shown.includes(key)}
            isDisabled={key === 'name'}
          >
            {title}
          </SelectOption>
        ))}
      </SelectList>
    </Select>
  )
}

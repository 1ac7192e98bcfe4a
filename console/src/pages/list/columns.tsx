import { Label } from '@patternfly/react-core'
import type { ReactNode } from 'react'
import type { Kind } from '../../api/document.ts'
import type { Resource } from '../../api/types.ts'
import { places } from '../../app/places.ts'
import { PlaceLink } from '../../app/router.tsx'
import { conditionOf, StateLabel, StatusLabel } from '../../parts/condition.tsx'
import { Time } from '../../parts/time.tsx'

/** A column of a list. */
export interface Column {
  key: string
  title: string
  /** The field to sort by. */
  sort?: string
  isShownFirst: boolean
  cell(resource: Resource): ReactNode
}

/** How many labels a cell shows. */
const LABELS = 4

/** The columns of a kind: those of all kinds, and one for each type of condition that its resources have. */
export function columnsOf(kind: Kind, resources: Resource[]): Column[] {
  const types = [
    ...new Set(resources.flatMap(({ status }) => status.conditions.map(({ type }) => type))),
  ].sort()
  return [
    {
      key: 'name',
      title: 'Name',
      sort: 'name',
      isShownFirst: true,
      cell: ({ id, name, kind: own }) => (
        <PlaceLink className="hf-cell" href={places.resource(own, id)} title={name}>
          {name}
        </PlaceLink>
      ),
    },
    {
      key: 'state',
      title: 'State',
      isShownFirst: true,
      cell: (resource) => <StateLabel resource={resource} />,
    },
    ...(kind.parent_kind
      ? [
          {
            key: 'parent',
            title: kind.parent_kind,
            isShownFirst: true,
            cell: ({ owner_references: parent }: Resource) =>
              parent ? (
                <PlaceLink className="hf-cell" href={places.resource(parent.kind, parent.id)}>
                  {parent.id}
                </PlaceLink>
              ) : null,
          },
        ]
      : []),
    {
      key: 'labels',
      title: 'Labels',
      isShownFirst: true,
      cell: ({ labels }) => <LabelsShown labels={labels} />,
    },
    {
      key: 'generation',
      title: 'Generation',
      sort: 'generation',
      isShownFirst: true,
      cell: ({ generation }) => generation,
    },
    {
      key: 'created_time',
      title: 'Created',
      sort: 'created_time',
      isShownFirst: true,
      cell: ({ created_time }) => <Time of={created_time} />,
    },
    {
      key: 'updated_time',
      title: 'Changed',
      sort: 'updated_time',
      isShownFirst: false,
      cell: ({ updated_time }) => <Time of={updated_time} />,
    },
    {
      key: 'created_by',
      title: 'Created by',
      sort: 'created_by',
      isShownFirst: false,
      cell: ({ created_by }) => <span className="hf-cell">{created_by}</span>,
    },
    ...types.map((type) => ({
      key: `condition ${type}`,
      title: type,
      isShownFirst: false,
      cell: (resource: Resource) => {
        const condition = conditionOf(resource, type)
        return <StatusLabel status={condition?.status} title={condition?.message} />
      },
    })),
  ]
}

/** Some labels of a resource, and how many more it has. */
export function LabelsShown({ labels }: { labels: Record<string, string> }) {
  const all = Object.entries(labels)
  if (!all.length) return <span>–</span>
  return (
    <span className="hf-labels">
      {all.slice(0, LABELS).map(([key, value]) => (
        <Label key={key} isCompact variant="outline" textMaxWidth="16rem">
          {value ? `${key}=${value}` : key}
        </Label>
      ))}
      {all.length > LABELS && <span className="hf-quiet">{all.length - LABELS} more</span>}
    </span>
  )
}

import { Flex, FormSelect, FormSelectOption, Title } from '@patternfly/react-core'
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table'
import { useState } from 'react'
import type { Generation, Page, PatchOperation } from '../../api/types.ts'
import { useAnswer } from '../../api/use-answer.ts'
import { useServer } from '../../app/context.ts'
import { CallShown } from '../../parts/call-shown.tsx'
import { JsonText } from '../../parts/json-text.tsx'
import { ProblemShown } from '../../parts/problem.tsx'
import { distance } from '../../parts/time.tsx'
import { valueAt } from './pointer.ts'
import { useSubject } from './subject.ts'

/** How many generations can be chosen from. */
const CHOICE = 500

/** Labels, spec and references at a generation, and what differs from another one. */
export function SpecAndGenerations() {
  const { document } = useServer()
  const { kind, resource, changes } = useSubject()
  const [chosen, setChosen] = useState<number>()
  const [compared, setCompared] = useState<number>()
  const list = useAnswer<Page<Generation>>(
    document.call('history.generations', kind.name, [resource.id], { query: { size: CHOICE } }),
    changes,
  )
  const kept = list.answer?.body.items ?? []
  const newest = chosen ?? kept[0]?.generation ?? resource.generation
  const older = compared ?? kept.find(({ generation }) => generation < newest)?.generation
  const call = document.call('history.generation', kind.name, [resource.id, newest], {
    query: { diff: older },
  })
  const { answer, error } = useAnswer<Generation>(call, changes)
  const former = useAnswer<Generation>(
    older === undefined ? undefined : document.call('history.generation', kind.name, [resource.id, older]),
    changes,
  )
  const { labels, spec, references, diff } = answer?.body ?? {}
  return (
    <>
      <Flex>
        <GenerationChoice label="Generation" value={newest} kept={kept} onChange={setChosen} />
        <GenerationChoice label="Compared with" value={older} kept={kept} onChange={setCompared} />
      </Flex>
      <ProblemShown error={error ?? list.error} />
      {diff && former.answer && (
        <DiffTable diff={diff} former={former.answer.body} title={`Generation ${newest} after ${older}`} />
      )}
      {answer && (
        <>
          <Title headingLevel="h2" size="lg">
            As it was at generation {newest}
          </Title>
          <JsonText value={{ labels, spec, references }} label={`Generation ${newest}`} />
        </>
      )}
      <CallShown call={call} label="Same call in a shell: generation" />
    </>
  )
}

interface Choice {
  label: string
  value: number | undefined
  kept: Generation[]
  onChange(generation: number): void
}

function GenerationChoice({ label, value, kept, onChange }: Choice) {
  const describe = ({ generation, time, type, caller }: Generation) =>
    [`${generation}`, type, time && distance(time), caller && `by ${caller}`].filter(Boolean).join(' ')
  return (
    <div>
      <span>{label}</span>
      <FormSelect
        aria-label={label}
        value={value === undefined ? '' : String(value)}
        onChange={(_event, next) => onChange(Number(next))}
      >
        {value === undefined && <FormSelectOption value="" label="none" />}
        {kept.map((each) => (
          <FormSelectOption key={each.generation} value={String(each.generation)} label={describe(each)} />
        ))}
      </FormSelect>
    </div>
  )
}

const WORDS = { add: 'Added', remove: 'Removed', replace: 'Changed' }

function DiffTable({ diff, former, title }: { diff: PatchOperation[]; former: Generation; title: string }) {
  if (!diff.length) return <p>Labels, spec and references are equal.</p>
  return (
    <div className="hf-scroll">
      <Table aria-label={title} variant="compact">
        <Thead>
          <Tr>
            <Th>Difference</Th>
            <Th>Where</Th>
            <Th>Before</Th>
            <Th>After</Th>
          </Tr>
        </Thead>
        <Tbody>
          {diff.map(({ op, path, value }) => (
            <Tr key={`${op} ${path}`}>
              <Td dataLabel="Difference">{WORDS[op]}</Td>
              <Td dataLabel="Where" className="hf-text">
                <code>{path}</code>
              </Td>
              <Td dataLabel="Before" className="hf-text">
                {op !== 'add' && <del>{shortText(valueAt(former, path))}</del>}
              </Td>
              <Td dataLabel="After" className="hf-text">
                {op !== 'remove' && <ins>{shortText(value)}</ins>}
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
    </div>
  )
}

const LONGEST = 500
const shortText = (value: unknown) => {
  const text = JSON.stringify(value) ?? ''
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

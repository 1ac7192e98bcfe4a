import { Button, TextInputGroup, TextInputGroupMain, TextInputGroupUtilities } from '@patternfly/react-core'
import { type KeyboardEvent, useId, useRef, useState } from 'react'
import type { CallFailed } from '../../api/client.ts'
import { type Completion, complete, searchOf } from './completion.ts'
import type { Vocabulary } from './vocabulary.ts'

interface Search {
  text: string
  onChange(text: string): void
  vocabulary: Vocabulary
  error: CallFailed | undefined
}

const NOTHING: Completion = { from: 0, words: [] }

/** The search of a list: completes fields, operators and values, and shows what the server says at its place. */
export function SearchField({ text, onChange, vocabulary, error }: Search) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [{ from, words }, setCompletion] = useState(NOTHING)
  const [active, setActive] = useState(-1)
  const isOpen = words.length > 0
  const close = () => {
    setCompletion(NOTHING)
    setActive(-1)
  }
  const look = (search: string) => {
    setCompletion(complete(search, input.current?.selectionStart ?? search.length, vocabulary))
    setActive(-1)
  }
  const take = (word: string) => {
    const caret = input.current?.selectionStart ?? text.length
    const next = `${text.slice(0, from)}${word} ${text.slice(caret).trimStart()}`
    onChange(next)
    const place = from + word.length + 1
    close()
    requestAnimationFrame(() => {
      input.current?.focus()
      input.current?.setSelectionRange(place, place)
      setCompletion(complete(next, place, vocabulary))
    })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') close()
    if (event.key === 'ArrowDown' && !isOpen) look(text)
    if (!isOpen) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) {
      event.preventDefault()
      const before = active < 0 && step < 0 ? 0 : active
      setActive((before + step + words.length) % words.length)
    }
    const word = words[active]
    if (word !== undefined && (event.key === 'Enter' || event.key === 'Tab')) {
      event.preventDefault()
      take(word)
    } else if (event.key === 'Enter') close()
  }
  return (
    <div className="hf-search">
      <TextInputGroup {...(error && { validated: 'error' as const })}>
        <TextInputGroupMain
          innerRef={input}
          value={text}
          role="combobox"
          aria-label="Search"
          aria-controls={`${id}-words`}
          isExpanded={isOpen}
          placeholder="A part of a name, or labels.environment = 'production'"
          inputProps={{ 'aria-describedby': `${id}-note`, autoComplete: 'off', spellCheck: false }}
          {...(active >= 0 && { 'aria-activedescendant': `${id}-${active}` })}
          onChange={(_event, value) => {
            onChange(value)
            look(value)
          }}
          onClick={() => look(text)}
          onBlur={close}
          onKeyDown={onKeyDown}
        />
        {text && (
          <TextInputGroupUtilities>
            <Button
              variant="plain"
              aria-label="Clear the search"
              onClick={() => {
                onChange('')
                input.current?.focus()
              }}
            >
              ✕
            </Button>
          </TextInputGroupUtilities>
        )}
      </TextInputGroup>
      <div id={`${id}-words`} role="listbox" aria-label="Completions" className="hf-words" hidden={!isOpen}>
        {words.map((word, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the search field.
          <div
            key={word}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(word)}
          >
            {word}
          </div>
        ))}
      </div>
      <div id={`${id}-note`} className="hf-quiet" aria-live="polite">
        <Note text={text} error={error} />
      </div>
    </div>
  )
}

/** Under the search: what is wrong, at its place; else the search that a single word stands for. */
function Note({ text, error }: { text: string; error: CallFailed | undefined }) {
  const search = searchOf(text)
  if (error) {
    const position = error.violations.find(({ field }) => field === 'search')?.position
    return (
      <span className="hf-refused">
        {position !== undefined && search && <Marked text={search} position={position} />}
        {error.message}
      </span>
    )
  }
  return search && search !== text.trim() ? <code>{search}</code> : null
}

/** A search with the character marked at which the server stopped reading. Positions count characters, not code units. */
function Marked({ text, position }: { text: string; position: number }) {
  const characters = [...text]
  return (
    <code className="hf-marked">
      {characters.slice(0, position).join('')}
      <mark>{characters[position] ?? '⌃'}</mark>
      {characters.slice(position + 1).join('')}
    </code>
  )
}

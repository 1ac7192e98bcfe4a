import type { ChangeTokens, Place } from './change-token.ts'

/** An entry of the feed, as it is told to those with one view. */
export interface Entry {
  /** The place after it. */
  place: Place
  type: string
  /** Its members beside token and type, as JSON. */
  body: string
}

/** Entries with the ids of their resources, from lines as statements return them (sql/functions/changes/change_line.sql). */
export const entriesOf = (lines: string | null): (Entry & { id: string })[] =>
  lines === null ? [] : lines.split('\n').map(entryOf)

function entryOf(line: string) {
  const [seq = '', type = '', id = '', body = ''] = line.split('\t')
  return { place: { position: Number(seq) }, type, id, body }
}

/** An entry as JSON, with its token. */
export const entryJson = ({ place, type, body }: Entry, tokens: ChangeTokens): string =>
  withToken(tokens.write(place), type, body)

const withToken = (token: string, type: string, body: string) =>
  `{"token":"${token}","type":"${type}",${body.slice(1)}`

/** Entries as events of a stream (the media type text/event-stream). */
export const eventsOf = (entries: Entry[], tokens: ChangeTokens): Buffer =>
  Buffer.from(
    entries
      .map(({ place, type, body }) => {
        const token = tokens.write(place)
        return event(token, type, withToken(token, type, body))
      })
      .join(''),
  )

/** The event that tells a reader its place where there is no entry for it. */
export const bookmark = (place: Place, tokens: ChangeTokens): string => {
  const token = tokens.write(place)
  return event(token, 'bookmark', `{"token":"${token}"}`)
}

/** In a resource there may be line ends as it was sent; an event has each line of its data by itself. */
const event = (id: string, type: string, data: string) =>
  `id: ${id}\nevent: ${type}\n${data
    .split(/\r\n|\r|\n/)
    .map((line) => `data: ${line}\n`)
    .join('')}\n`

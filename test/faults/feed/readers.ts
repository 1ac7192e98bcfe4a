/** Readers of the feed that are killed, cut off and resumed without pause. */
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { base } from '../../application.ts'
import { openStream, type StreamEvent } from '../../event-stream.ts'
import type { Story, Told } from './story.ts'

/** After how many entries at most a reader is cut off. */
const MAX_READ = 3000
/** How long a reader waits before it tries again where it was refused. */
const RETRY_MS = 50

/** How readers are made: where the servers are, what they must be told, and how random numbers come. */
export interface Reading {
  api(): string
  story: Story
  since: string
  below(bound: number): number
  /** How many entries there are in all, once that is known. */
  total(): number
}

/** A reader, while it reads. */
export interface Reader {
  name: string
  /** How many entries it has dealt with. */
  dealtWith: number
  /** How often it has resumed. */
  resumed: number
  done: Promise<void>
}

/** Starts a reader by streams or by long polls. */
export function startReader(name: string, isStream: boolean, reading: Reading): Reader {
  const reader: Reader = { name, dealtWith: 0, resumed: 0, done: Promise.resolve() }
  const next = isStream ? nextEvents : nextPage
  reader.done = (async () => {
    for (let token = reading.since; reader.dealtWith < reading.total(); reader.resumed++) {
      const { entries, place } = await next(reader, token, reading)
      token = place
      if (!entries) await sleep(RETRY_MS)
    }
  })()
  return reader
}

/** Deals with some of the entries, and forgets the rest of them as a crash does; returns the place to resume from. */
function deal(reader: Reader, entries: Told[], place: string, { story, below }: Reading): string {
  const count = below(4) ? entries.length : below(entries.length + 1)
  for (const entry of entries.slice(0, count)) story.take(reader.dealtWith++, entry, reader.name)
  if (count === entries.length) return place
  return entries[count - 1]?.token ?? ''
}

type Outcome = Promise<{ entries: number; place: string }>

/** Reads a stream for a while, and cuts it off. */
async function nextEvents(reader: Reader, token: string, reading: Reading): Outcome {
  const stream = await openStream(`${reading.api()}${base}/changes`, { 'last-event-id': token }).catch(
    () => undefined,
  )
  if (!stream) return { entries: 0, place: token }
  if (stream.status !== 200) {
    await stream.ended
    refused(reader, stream.status, stream.text, reading)
    return { entries: 0, place: token }
  }
  const most = 1 + reading.below(MAX_READ)
  const patience = 1 + reading.below(5)
  // A silent stream has a comment now and then; it is left after some of them.
  const isOver = () =>
    stream.events.length >= most ||
    stream.comments >= patience ||
    reader.dealtWith + stream.events.filter(isEntry).length >= reading.total()
  const wake = setInterval(() => isOver() && stream.close(), 200)
  await stream.until(isOver).catch(() => {})
  clearInterval(wake)
  stream.close()
  const { events } = stream
  const entries = events.filter(isEntry).map(({ data }) => data as Told)
  const place = deal(reader, entries, events.at(-1)?.id || token, reading) || token
  return { entries: entries.length, place }
}

const isEntry = ({ type }: StreamEvent) => type !== 'bookmark'

/** Reads one page, waiting for it; now and then it hangs up in the middle. */
async function nextPage(reader: Reader, token: string, reading: Reading): Outcome {
  const limit = 1 + reading.below(1000)
  const path = `${base}/changes?since=${token}&limit=${limit}&wait=2s`
  const { status, text } = await get(
    `${reading.api()}${path}`,
    reading.below(10) ? undefined : reading.below(100),
  )
  if (status !== 200) {
    refused(reader, status, text, reading)
    return { entries: 0, place: token }
  }
  const { items, next } = JSON.parse(text) as { items: Told[]; next: string }
  return { entries: items.length || 1, place: deal(reader, items, next, reading) || token }
}

/** A reader may be told to try again, and must never be told that its token is of no use. */
function refused({ name }: Reader, status: number, text: string, { story }: Reading) {
  if (![0, 503, 504].includes(status)) story.fail(`${name}: ${status} ${text}`)
}

const agent = new Agent({ keepAlive: true })

/** Status and text of an answer; 0 where there was none. With `patience`, the caller hangs up after so many milliseconds. */
function get(url: string, patience?: number): Promise<{ status: number; text: string }> {
  return new Promise((resolve) => {
    const none = () => resolve({ status: 0, text: '' })
    const sent = request(url, { agent }, (response) => {
      let text = ''
      response
        .setEncoding('utf8')
        .on('data', (chunk) => {
          text += chunk
        })
        .on('end', () => resolve({ status: response.complete ? (response.statusCode ?? 0) : 0, text }))
        .on('close', none)
        .on('error', none)
    })
    sent.on('error', none).on('close', none).end()
    if (patience !== undefined) setTimeout(() => sent.destroy(), patience)
  })
}

/** Streams of events, read as clients read them (the media type text/event-stream). */
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Application } from './application.ts'
import { base } from './application.ts'

/** An event; `data` is parsed. */
export interface StreamEvent {
  id: string
  type: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into entries freely.
  data: any
}

/** A stream that is read. */
export interface OpenStream {
  status: number
  headers: IncomingHttpHeaders
  /** What has been read so far. */
  events: StreamEvent[]
  comments: number
  text: string
  /** Resolves once so many events that are no bookmarks were read, or the stream has ended; with all of these. */
  entries(count: number): Promise<StreamEvent[]>
  /** Resolves once something holds of the stream; rejects where it ends first. */
  until(holds: () => boolean): Promise<void>
  /** Resolves when the stream has ended, or was cut off. */
  ended: Promise<void>
  response: IncomingMessage
  /** Ends it from the side of the reader. */
  close(): void
}

/** The events among what the stream says, and how many comments; of text after the last whole event, nothing is read. */
function read(text: string): { events: StreamEvent[]; comments: number } {
  const events: StreamEvent[] = []
  let comments = 0
  for (const block of text.split('\n\n').slice(0, -1)) {
    const lines = block.split('\n')
    comments += lines.filter((line) => line.startsWith(':')).length
    const member = (name: string) =>
      lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2))
    const data = member('data')
    if (data.length)
      events.push({
        id: member('id').join(),
        type: member('event').join(),
        data: JSON.parse(data.join('\n')),
      })
  }
  return { events, comments }
}

/** Opens a stream of a server at a URL; resolves with the head of its answer. */
export async function openStream(url: string, headers: Record<string, string> = {}): Promise<OpenStream> {
  const sent: ClientRequest = request(url, {
    headers: { accept: 'text/event-stream', ...headers },
    agent: false,
  }).end()
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve).once('error', reject)
  })
  sent.on('error', () => {})
  response.on('error', () => {}).setEncoding('utf8')
  let rest = ''
  let isOver = false
  let notify = () => {}
  const stream: OpenStream = {
    status: response.statusCode ?? 0,
    headers: response.headers,
    events: [],
    comments: 0,
    text: '',
    async until(holds) {
      while (!holds()) {
        if (isOver) throw new Error(`the stream has ended: ${stream.text.slice(-1000)}`)
        await new Promise<void>((resolve) => {
          notify = resolve
        })
      }
    },
    async entries(count) {
      const all = () => stream.events.filter(({ type }) => type !== 'bookmark')
      await stream.until(() => isOver || all().length >= count)
      return all()
    },
    ended: new Promise((resolve) => {
      response.once('close', () => {
        isOver = true
        notify()
        resolve()
      })
    }),
    response,
    close: () => sent.destroy(),
  }
  response.on('data', (text: string) => {
    stream.text += text
    rest += text
    const end = rest.lastIndexOf('\n\n') + 2
    if (end < 2) return
    const { events, comments } = read(rest.slice(0, end))
    rest = rest.slice(end)
    stream.events.push(...events)
    stream.comments += comments
    notify()
  })
  return stream
}

/** Has the server of a test listen; returns how to open streams of changes on it. */
export async function streams({ app }: Pick<Application, 'app'>) {
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return (query = '', headers: Record<string, string> = {}) =>
    openStream(`http://127.0.0.1:${port}${base}/changes${query}`, headers)
}

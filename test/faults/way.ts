/** A way to a PostgreSQL that the test can cut, also at one message of the protocol, or lead elsewhere. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Scope } from '../processes.ts'

/** Before the statement reached PostgreSQL; or after it was committed, and before the server heard of it. */
export type Cut = 'before' | 'after'

export interface Way {
  /** The URL of the database by this way. */
  url: string
  /** How many transactions have ended on it, and connections become ready. */
  transactions: number
  /** Ends all connections. */
  cut(): void
  /** Ends the connection of the next statement of this name; resolves when that is done. */
  cutNext(when: Cut, name: string): Promise<void>
  /** Ends all connections; the next ones lead to this database. */
  lead(url: string): void
  /** The next connections lead to this database; those that are open stay. */
  turn(url: string): void
}

/** Opens a way to the database of this URL; it closes with the test. */
export async function openWay(scope: Scope, url: string): Promise<Way> {
  let target = new URL(url)
  let order: { when: Cut; name: string; done: () => void } | undefined
  const sockets = new Set<Socket>()
  const way = { transactions: 0 } as Way
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  const listener = createServer((near) => {
    const far = connect(Number(target.port), target.hostname)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    let doomed: (() => void) | undefined
    const end = (done: () => void) => {
      near.destroy()
      far.destroy()
      done()
    }
    const said = reader(true)
    near.on('data', (bytes) => {
      for (const message of said(bytes)) {
        if (!order || boundStatement(message) !== order.name) continue
        const { when, done } = order
        order = undefined
        if (when === 'before') return end(done)
        doomed = done
      }
      far.write(bytes)
    })
    const answered = reader(false)
    far.on('data', (bytes) => {
      // ReadyForQuery comes when the transaction has ended.
      const ends = [...answered(bytes)].filter(({ type }) => type === 'Z').length
      way.transactions += ends
      if (!doomed) near.write(bytes)
      else if (ends) end(doomed)
    })
  }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  scope.teardown(() => {
    listener.close()
    cut()
  })
  const here = new URL(url)
  here.hostname = '127.0.0.1'
  here.port = String((listener.address() as AddressInfo).port)
  Object.assign(way, {
    url: here.href,
    cut,
    cutNext: (when: Cut, name: string) =>
      new Promise<void>((done) => {
        order = { when, name, done }
      }),
    lead(to: string) {
      target = new URL(to)
      cut()
    },
    turn(to: string) {
      target = new URL(to)
    },
  })
  return way
}

interface Message {
  type: string
  body: Buffer
}

/** Cuts a stream of bytes into messages, as far as they have come. What a client says first has no type. */
function reader(isClient: boolean) {
  let rest = Buffer.alloc(0)
  let isFirst = isClient
  return function* (bytes: Buffer): Generator<Message> {
    rest = Buffer.concat([rest, bytes])
    for (;;) {
      const at = isFirst ? 0 : 1
      if (rest.length < at + 4) return
      const end = at + rest.readInt32BE(at)
      if (rest.length < end) return
      yield { type: rest.toString('latin1', 0, at), body: rest.subarray(at + 4, end) }
      rest = rest.subarray(end)
      isFirst = false
    }
  }
}

/** The name of the prepared statement that a Bind asks for. */
function boundStatement({ type, body }: Message): string | undefined {
  return type === 'B' ? body.toString('utf8').split('\0')[1] : undefined
}

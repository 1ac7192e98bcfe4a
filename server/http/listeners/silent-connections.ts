import { readFile } from 'node:fs/promises'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** How often, and how far apart, a connection is looked at again before it is taken for silent. */
const LOOKS = 10
const LOOK_MS = 400
/** The same for a request that has not arrived in time: the part that has arrived only needs to be read. */
const ARRIVAL_LOOK_MS = 50

const doubted = new WeakSet<Socket>()

/**
 * Destroys a connection on which nothing happens, after Node has found that its timeout has expired.
 *
 * Node's finding is a clock's only. A process that did not run for a while finds all timeouts expired, before it has
 * seen the data and the acknowledgements that arrived meanwhile; and while a large answer is read slowly, its socket takes
 * more of it every few seconds only. So the connection is looked at several more times, while the event loop runs. With any
 * progress, in either direction, the timeout begins anew.
 *
 * `decide` is called when there was none; the connection is kept where it returns false.
 */
export async function endIfSilent(socket: Socket, decide: () => boolean = () => true): Promise<void> {
  if (doubted.has(socket)) return
  doubted.add(socket)
  const before = await progressOf(socket)
  const hasMoved = async () => socket.destroyed || (await progressOf(socket)) !== before
  const isSilent = !(await soon(hasMoved, LOOK_MS))
  doubted.delete(socket)
  if (socket.destroyed) return
  if (isSilent && decide()) socket.destroy()
  else socket.setTimeout(socket.timeout ?? 0)
}

/** Whether something becomes true within a number of looks, between which the event loop runs. */
async function soon(look: () => Promise<boolean>, ms: number): Promise<boolean> {
  for (let index = 0; index < LOOKS; index++) {
    await sleep(ms, undefined, { ref: false })
    if (await look()) return true
  }
  return false
}

/** A text that changes with each byte that is received, or that the other side acknowledges. */
async function progressOf(socket: Socket): Promise<string> {
  const { bytesRead, bytesWritten, writableLength } = socket
  // The bytes that the kernel has not taken yet; Node itself tells a slow write from a stalled one by them.
  const { writeQueueSize } = (socket as unknown as { _handle?: { writeQueueSize?: number } })._handle ?? {}
  const queued = writableLength ? (await sendQueues()).get(portsOf(socket)) : undefined
  return [bytesRead, bytesWritten, writableLength, writeQueueSize, queued].join()
}

const portsOf = ({ localPort, remotePort }: Socket) => `${localPort}:${remotePort}`

let reading: Promise<Map<string, string>> | undefined

/** The bytes sent and not acknowledged yet, by the two ports of a connection; empty where the system does not say. */
function sendQueues(): Promise<Map<string, string>> {
  reading ??= readSendQueues().finally(() => {
    reading = undefined
  })
  return reading
}

async function readSendQueues(): Promise<Map<string, string>> {
  const queues = new Map<string, string>()
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const text = await readFile(file, 'utf8').catch(() => '')
    // sl local_address rem_address st tx_queue:rx_queue …, all in hexadecimal; the first line is a heading.
    for (const line of text.split('\n').slice(1)) {
      const [, local, remote, , sizes] = line.trim().split(/\s+/)
      if (!local || !remote || !sizes) continue
      const ports = [local, remote]
        .map((address) => Number.parseInt(address.split(':')[1] ?? '', 16))
        .join(':')
      // Several connections may have the same two ports: then the progress of any is that of all.
      queues.set(ports, `${queues.get(ports) ?? ''} ${sizes.split(':')[0]}`)
    }
  }
  return queues
}

/** The latest request of a connection, its answer, and how many there were. */
const latest = new WeakMap<Socket, { request: IncomingMessage; response: ServerResponse; count: number }>()

/** Notes the requests of a server, for `arrives` and `isAnswered`. */
export function watchArrivals(server: Server): void {
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const count = (latest.get(request.socket)?.count ?? 0) + 1
    latest.set(request.socket, { request, response, count })
  })
}

/** Whether the request that a connection is sending has been answered already: its body is not needed any more. */
export function isAnswered(socket: Socket): boolean {
  const { request, response } = latest.get(socket) ?? {}
  return request?.complete === false && response?.headersSent === true
}

/**
 * Whether the request that a connection is sending arrives as a whole after all, when Node has found that its time is
 * over: the rest of it may have arrived while this process did not run.
 */
export async function arrives(socket: Socket): Promise<boolean> {
  /** How many of its requests so far have arrived as a whole. */
  const arrived = () => {
    const { request, count } = latest.get(socket) ?? { count: 1 }
    return request?.complete ? count : count - 1
  }
  const before = arrived()
  return soon(async () => arrived() > before, ARRIVAL_LOOK_MS)
}

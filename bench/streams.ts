/**
 * The reading side of bench/watchers.ts, in a process of its own: opens streams of the feed, and says what they are told. Takes
 * messages {open: number} and {count: true}; answers the first one when all are open, and the second one with the entries since the
 * last time, and with the milliseconds from the time of an entry until it was read, of one stream in ten.
 */
import { Agent, get } from 'node:http'

const [url = ''] = process.argv.slice(2)
const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY })
let entries = 0
let ended = 0
let delays: number[] = []

function open(isTimed: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { accept: 'text/event-stream' } }, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`${response.statusCode}`))
      resolve()
      response.setEncoding('latin1').on('data', (text: string) => {
        const now = Date.now()
        for (let at = text.indexOf('"time":"'); at >= 0; at = text.indexOf('"time":"', at + 1)) {
          entries++
          if (isTimed) delays.push(now - Date.parse(text.slice(at + 8, at + 35)))
        }
      })
      response.on('close', () => ended++)
    }).on('error', reject)
  })
}

process.on('message', async (message: { open?: number }) => {
  if (message.open) {
    for (let index = 0; index < message.open; index++) await open(index % 10 === 0)
    process.send?.({ opened: message.open })
  } else {
    process.send?.({ entries, delays, ended })
    entries = 0
    delays = []
  }
})

import { deepStrictEqual } from 'node:assert'
import type { Answer, Application } from '../application.ts'

type Call = Application['call']

/**
 * A `call` that makes each write as a dry run first: throws unless that has the answer of the write which follows, ids and
 * times of the clock apart.
 */
export function rehearsed(call: Call): Call {
  const began = new Date().toISOString()
  return async (method, path, body, headers) => {
    if (method === 'GET') return call(method, path, body, headers)
    const dry = await call(method, `${path}${path.includes('?') ? '&' : '?'}dry_run=true`, body, headers)
    const real = await call(method, path, body, headers)
    deepStrictEqual(dry.headers['hyperfleet-dry-run'], 'true')
    deepStrictEqual(real.headers['hyperfleet-dry-run'], undefined)
    deepStrictEqual(essence(dry, began), essence(real, began))
    return real
  }
}

/** Headers that differ from answer to answer. */
const OWN = ['date', 'x-request-id', 'hyperfleet-dry-run', 'content-length']
const TIME = /"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"/g

/** An answer without what a repetition of its request changes. */
function essence({ status, headers, text, body }: Answer, began: string) {
  const own = status === 201 && body?.id
  const withoutId = (text: string) => (own ? text.replaceAll(own, '<id>') : text)
  const kept = Object.entries(headers)
    .filter(([name]) => !OWN.includes(name))
    .map(([name, value]) => [name, withoutId(String(value))])
  const members = withoutId(text)
    .replaceAll(TIME, (time) => (time.slice(1) < began ? time : '"<now>"'))
    .replace(/"(trace_id|instance)":"[^"]*"/g, '"$1":""')
  return { status, headers: Object.fromEntries(kept), members }
}

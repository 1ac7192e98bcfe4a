import autocannon from 'autocannon'

export interface Request {
  method?: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  body?: string
  headers?: Record<string, string>
}

export interface Figures {
  requests: number
  perSecond: number
  /** Milliseconds. */
  p50: number
  p99: number
}

/** Sends requests over so many connections, each waiting for its answer, and says how it went. Throws unless all are 2xx. */
export async function load(
  base: string,
  next: () => Request,
  { connections, seconds }: { connections: number; seconds: number },
): Promise<Figures> {
  const prefix = new URL(base).pathname
  const result = await autocannon({
    url: base,
    connections,
    duration: seconds,
    requests: [
      {
        setupRequest: (request) => {
          const { method = 'GET', path, body, headers = {} } = next()
          return {
            ...request,
            method,
            path: prefix + path,
            headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
            ...(body !== undefined && { body }),
          }
        },
      },
    ],
  })
  const failed = result.non2xx + result.errors + result.timeouts
  if (failed) throw new Error(`${failed} requests failed: ${JSON.stringify(result.statusCodeStats)}`)
  const { requests, latency } = result
  return { requests: requests.total, perSecond: requests.average, p50: latency.p50, p99: latency.p99 }
}

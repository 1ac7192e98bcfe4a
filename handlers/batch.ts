import type { Handler } from './handler.ts'

/** Many writes in one request; answered with the answer to each. */
export const write: Handler<'postBatch'> = (request) => request.server.batches.run(request)

import { DatabaseUnavailable, RequestAborted } from './database-errors.ts'

/** The response that a result is for. Once it is closed, the request is aborted. */
export interface Waiter {
  readonly closed: boolean
  once(event: 'close', listener: () => void): unknown
  off(event: 'close', listener: () => void): unknown
}

/** Every slot stayed taken for too long, or too many requests wait for one. */
export class Overloaded extends DatabaseUnavailable {}

interface Waiting {
  begin(): void
}

/** Bounds how many tasks run at a time. The others wait in order of arrival, not too many and not for too long. */
export class ConnectionQueue {
  private running = 0
  private readonly queue = new Set<Waiting>()
  private readonly limit: number
  private readonly maxWaiting: number
  private readonly patience: number

  /** At most `limit` tasks run, at most `maxWaiting` wait, each at most `patience` milliseconds. */
  constructor(limit: number, maxWaiting: number, patience: number) {
    this.limit = limit
    this.maxWaiting = maxWaiting
    this.patience = patience
  }

  get waiting(): number {
    return this.queue.size
  }

  /** Whether the next task has to wait. */
  get isFull(): boolean {
    return this.running >= this.limit
  }

  /**
   * Runs a task once there is room. Rejects as the task does, with Overloaded when there was no room in time, and with
   * RequestAborted when the request was aborted before the task began.
   */
  async run<Result>(task: () => Promise<Result>, waiter?: Waiter): Promise<Result> {
    if (waiter?.closed) throw new RequestAborted('aborted before its statement began')
    if (this.running < this.limit) this.running++
    else await this.room(waiter)
    try {
      return await task()
    } finally {
      // The room goes straight to the next in the queue: a newcomer cannot take it.
      const [next] = this.queue
      if (next) next.begin()
      else this.running--
    }
  }

  private room(waiter?: Waiter): Promise<void> {
    if (this.queue.size >= this.maxWaiting)
      throw new Overloaded(`${this.queue.size} requests wait for a connection`)
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer)
        waiter?.off('close', abort)
        this.queue.delete(waiting)
      }
      const waiting = {
        begin() {
          leave()
          resolve()
        },
      }
      const abort = () => {
        leave()
        reject(new RequestAborted('aborted before its statement began'))
      }
      const timer = setTimeout(() => {
        leave()
        reject(new Overloaded(`no connection was free for ${this.patience} ms`))
      }, this.patience)
      waiter?.once('close', abort)
      this.queue.add(waiting)
    })
  }
}

/** Wakes a task that waits. A signal that is given while none waits is lost. */
export class Signal {
  private wake: (() => void) | undefined

  give() {
    this.wake?.()
  }

  /** Resolves when the signal is given, or after `ms` milliseconds. One task waits at a time. */
  async next(ms?: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.wake = undefined
  }
}

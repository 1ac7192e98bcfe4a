/** What a promise comes to, or `late` when that takes longer than so many milliseconds. */
export async function within<Result>(ms: number, promise: Promise<Result>, late: Result): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const passed = new Promise<Result>((resolve) => {
    timer = setTimeout(resolve, ms, late)
  })
  return Promise.race([promise, passed]).finally(() => clearTimeout(timer))
}

/** Does work on each item, so many at a time; resolves with the results in the order of the items. */
export async function atATime<Item, Result>(
  count: number,
  items: Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const rest = items.entries()
  const run = async () => {
    for (const [index, item] of rest) results[index] = await work(item)
  }
  await Promise.all(Array.from({ length: count }, run))
  return results
}

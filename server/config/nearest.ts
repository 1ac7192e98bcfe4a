/** Which of the names somebody may have meant who wrote another: the one that takes the fewest edits, if few do. */
export function nearest(written: string, names: string[]): string | undefined {
  const [best] = names
    .map((name) => ({ name, edits: edits(written, name) }))
    .sort((one, other) => one.edits - other.edits)
  return best && best.edits <= Math.ceil(written.length / 4) ? best.name : undefined
}

/** How many letters must be put in, left out, changed or swapped with the next to make one word of the other. */
function edits(one: string, other: string): number {
  let before: number[] = []
  let row = Array.from({ length: other.length + 1 }, (_, column) => column)
  for (let at = 1; at <= one.length; at++) {
    const last = row
    row = [at]
    for (let column = 1; column <= other.length; column++) {
      const [left = 0, above = 0, corner = 0] = [row[column - 1], last[column], last[column - 1]]
      const isSame = one[at - 1] === other[column - 1]
      const isSwapped = one[at - 1] === other[column - 2] && one[at - 2] === other[column - 1]
      const fewest = Math.min(left + 1, above + 1, corner + (isSame ? 0 : 1))
      row.push(isSwapped ? Math.min(fewest, (before[column - 2] ?? 0) + 1) : fewest)
    }
    before = last
  }
  return row[other.length] ?? 0
}

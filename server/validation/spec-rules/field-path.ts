/** One step of a path: a name after a dot, an index, or a name in quotes and brackets. */
const STEP = /\.([A-Za-z_$][\w$-]*)|\[(\d{1,9})\]|\['((?:[^'\\]|\\['\\])+)'\]|\["((?:[^"\\]|\\["\\])+)"\]/y

/** The names and indexes of a path such as `.a.b`, `.list[0]` or `['a.b']`; undefined for a text that is none. */
export function fieldPathOf(text: string): (string | number)[] | undefined {
  const path: (string | number)[] = []
  for (let at = 0; at < text.length; at = STEP.lastIndex) {
    STEP.lastIndex = at
    const [, name, index, single, double] = STEP.exec(text) ?? []
    const quoted = (single ?? double)?.replace(/\\(.)/g, '$1')
    const step = index === undefined ? (name ?? quoted) : Number(index)
    if (step === undefined) return undefined
    path.push(step)
  }
  return path.length ? path : undefined
}

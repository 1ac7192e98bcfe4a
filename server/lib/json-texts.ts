/** The texts of values within a text that JSON.parse has taken: parsed and written again, numbers could be others. */

const [QUOTE, BACKSLASH, COMMA, COLON] = [34, 92, 44, 58]
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125]

/** The texts of a member of each item of an array, which is a member of the outermost object; undefined where an item has none. */
export function textsWithin(text: string, array: string, member: string): (string | undefined)[] {
  const texts: (string | undefined)[] = []
  members(text, skipSpace(text, 0), (name, at) => {
    if (name !== array) return
    // Of several members with one name the last one counts.
    texts.length = 0
    if (text.charCodeAt(at) !== OPEN_ARRAY) return
    for (let item = skipSpace(text, at + 1); text.charCodeAt(item) !== CLOSE_ARRAY; ) {
      let found: string | undefined
      const end = members(text, item, (inner, from, to) => {
        if (inner === member) found = text.slice(from, to)
      })
      texts.push(found)
      item = skipSpace(text, end)
      if (text.charCodeAt(item) === COMMA) item = skipSpace(text, item + 1)
    }
  })
  return texts
}

/** Visits the members of the object at a place of the text, none where there is something else; returns the place after it. */
function members(
  text: string,
  from: number,
  visit: (name: string, from: number, to: number) => void,
): number {
  if (text.charCodeAt(from) !== OPEN_OBJECT) return skipValue(text, from)
  let at = skipSpace(text, from + 1)
  while (text.charCodeAt(at) !== CLOSE_OBJECT) {
    const end = skipValue(text, at)
    const name: string = JSON.parse(text.slice(at, end))
    const colon = skipSpace(text, end)
    if (text.charCodeAt(colon) !== COLON) throw new Error('the text is not JSON')
    const value = skipSpace(text, colon + 1)
    const to = skipValue(text, value)
    visit(name, value, to)
    at = skipSpace(text, to)
    if (text.charCodeAt(at) === COMMA) at = skipSpace(text, at + 1)
  }
  return at + 1
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (text.charCodeAt(at) <= 32) at++
  return at
}

/** The place after the value that begins at a place. */
function skipValue(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; ) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = skipString(text, at)
    else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      depth++
      at++
      continue
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      // That of the container of a number or a word.
      if (depth === 0) return at
      depth--
      at++
    } else if (depth === 0 && (code === COMMA || code <= 32)) return at
    else {
      at++
      continue
    }
    if (depth === 0) return at
  }
  return text.length
}

function skipString(text: string, from: number): number {
  let end = text.indexOf('"', from + 1)
  while (end > 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end < 0 ? text.length : end + 1
}

/** Whether an odd number of backslashes stands before a place. */
function isEscaped(text: string, at: number): boolean {
  let first = at
  while (text.charCodeAt(first - 1) === BACKSLASH) first--
  return (at - first) % 2 === 1
}

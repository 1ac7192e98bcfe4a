import type { KeywordDefinition, ValidateFunction } from 'ajv'
import { numberText } from './number-keywords.ts'

/**
 * uniqueItems in time that grows with the items, not with their pairs: a body may hold half a million. Whenever an
 * item is read, `read` is told its text.
 */
export const uniqueItems = (read: (text: string) => void): KeywordDefinition => ({
  keyword: 'uniqueItems',
  type: 'array',
  schemaType: 'boolean',
  errors: 'full',
  validate: function unique(
    isWanted: boolean,
    items: unknown[],
    _schema: unknown,
    context: { instancePath: string },
  ) {
    if (!isWanted) return true
    const seen = new Map<string, number>()
    for (const [index, item] of items.entries()) {
      const text = canonical(item, items, index)
      read(text)
      const other = seen.get(text)
      if (other !== undefined) {
        const message = `must not have equal items, and ${other} and ${index} are`
        const params = { i: index, j: other }
        ;(unique as unknown as ValidateFunction).errors = [
          { keyword: 'uniqueItems', instancePath: context.instancePath, schemaPath: '', params, message },
        ]
        return false
      }
      seen.set(text, index)
    }
    return true
  } as never,
})

/** One text for all values that are equal, independent of the order of members and the notation of numbers. */
function canonical(value: unknown, container: object, key: string | number): string {
  if (typeof value === 'number') return numberText(value, container, key)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((item, index) => canonical(item, value, index)).join()}]`
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${members.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each, value, name)}`).join()}}`
}

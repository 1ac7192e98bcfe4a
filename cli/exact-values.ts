/** JSON and YAML whose numbers stay as they were written: a spec may have some beyond 2^53. */
import { isNumber, isSafeNumber, LosslessNumber, parse, stringify } from 'lossless-json'
import { parseAllDocuments, type ScalarTag, visit, stringify as writeYaml } from 'yaml'
import { CliError } from './exit-codes.ts'

const exactNumber = (text: string) => (isSafeNumber(text) ? Number(text) : new LosslessNumber(text))

/** Parses JSON; a number that JavaScript would round is a LosslessNumber. Throws a SyntaxError. */
export const parseJson = (text: string): unknown => parse(text, undefined, exactNumber)

/** A value as JSON, on one line or indented. */
export const toJson = (value: unknown, indent?: number): string => stringify(value, undefined, indent) ?? ''

const exactTag: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: (value) => value instanceof LosslessNumber,
  resolve: (text) => exactNumber(text),
  stringify: ({ value }) => String(value),
}

/** A value as YAML without anchors. */
export const toYaml = (value: unknown): string =>
  writeYaml(value, { customTags: (tags) => [exactTag, ...tags], aliasDuplicateObjects: false, lineWidth: 0 })

/** Parses the documents of a YAML text, or of JSON; empty ones are left out. `source` is named where it cannot be read. */
export function parseYaml(text: string, source: string): unknown[] {
  return parseAllDocuments(text)
    .filter((document) => document.errors.length || document.contents !== null)
    .map((document) => {
      const [error] = document.errors
      if (error) throw new CliError(`${source}: ${error.message.split('\n')[0]}`, 'usage')
      visit(document, {
        Scalar(_key, node) {
          if (typeof node.value === 'number' && isNumber(node.source ?? ''))
            node.value = exactNumber(node.source ?? '')
        },
      })
      return document.toJS() as unknown
    })
}

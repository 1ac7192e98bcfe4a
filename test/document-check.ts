import { Ajv, type ValidateFunction } from 'ajv'
import formats from 'ajv-formats'
import { loadDocument } from '../server/openapi/document.ts'
import { type Document, operationsOf, resolve } from '../server/openapi/operations.ts'

/** What an answer is checked with: what the document of a server says. */
export type AnswerCheck = (
  method: string,
  url: string,
  answer: { status: number; headers: Record<string, unknown>; body: unknown; text: string },
  sent?: unknown,
) => void

/** Answers must have no members but those that the document names: all schemas but those of what clients send as they like. */
const open = /(Request|Spec|Labels|JsonSchema)$/

/** Which operation and status were answered: what a test of coverage wants to know. */
export const answered = new Set<string>()

const checks = new Map<string, AnswerCheck>()

/** The check by a document; made once for each set of kinds. */
export function answerCheck(document: Document): AnswerCheck {
  const kinds = JSON.stringify(document['x-kinds'])
  const known = checks.get(kinds) ?? createCheck(document)
  checks.set(kinds, known)
  return known
}

const isObject = (schema: object) => 'type' in schema && schema.type === 'object'

function createCheck(document: Document): AnswerCheck {
  const strict = JSON.parse(JSON.stringify(document)) as Document
  for (const [name, schema] of Object.entries(strict.components.schemas ?? {}))
    if (isObject(schema) && !open.test(name))
      Object.assign(schema, { additionalProperties: false, ...schema }) // a map has the schema of its members

  /** What was asked for some of its members only (x-partial) may lack the others. */
  const partial = JSON.parse(
    JSON.stringify(strict, (key, value) => (key === 'required' && Array.isArray(value) ? undefined : value)),
  )

  const ajv = new Ajv({ strict: false, allErrors: true })
  formats.default(ajv)
  ajv.addSchema(strict, 'document')
  ajv.addSchema(partial, 'partial')
  const validators = new Map<string, ValidateFunction>()

  const routes = operationsOf(document).map(({ method, path, operation }) => ({
    method,
    path,
    operation: operation as unknown as { operationId: string; responses: Record<string, { $ref: string }> },
    pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/?]+')}/?(\\?|$)`),
  }))

  const check = (schema: string, body: unknown, place: string) => {
    const validate = validators.get(schema) ?? ajv.compile({ $ref: schema })
    validators.set(schema, validate)
    if (!validate(body))
      throw new Error(`${place}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(body)}`)
  }

  /** Throws unless an answer is what the document says: a declared status, and a body of its schema. */
  return (sentMethod, sentUrl, answer, sent) => {
    // QUERY on a collection is the POST that the document has for it (x-query).
    const [method, url] =
      sentMethod === 'QUERY' ? ['POST', sentUrl.replace(/\?|$/, '/search$&')] : [sentMethod, sentUrl]
    const route = routes.find((each) => each.method === method && each.pattern.test(url))
    const problem = '#/components/schemas/ProblemDetails'
    if (!route) {
      if (answer.status >= 400) check(`document${problem}`, answer.body, `${method} ${url}`)
      return
    }
    const { operationId, responses } = route.operation
    const place = `${operationId} ${answer.status}`
    const declared = responses[answer.status]
    if (!declared) throw new Error(`${place}: the document does not declare this status`)
    answered.add(place)
    const { content, headers = {} } = resolve<{ content?: Record<string, object>; headers?: object }>(
      document,
      declared as never,
    )
    for (const [header, declaration] of Object.entries(headers)) {
      // One that depends on the request says so.
      if (resolve<{ required?: boolean }>(document, declaration as never).required === false) continue
      if (answer.headers[header.toLowerCase()] === undefined)
        throw new Error(`${place}: the header ${header} is missing`)
    }
    if (!content) {
      if (answer.text) throw new Error(`${place}: there must be no body`)
      return
    }
    const [mediaType = ''] = Object.keys(content)
    if (answer.headers['content-type'] !== mediaType) {
      throw new Error(`${place}: the body is ${answer.headers['content-type']}, not ${mediaType}`)
    }
    const own = `#/paths/${pointer(route.path)}/${method.toLowerCase()}/responses/${answer.status}`
    const at = '$ref' in declared ? declared.$ref : own
    const asked = typeof sent === 'string' ? parsed(sent) : sent
    const hasFields = typeof asked === 'object' && asked !== null && 'fields' in asked
    const isPartial = answer.status === 200 && (hasFields || /[?&]fields(\[\]|%5B%5D)?=/.test(url))
    check(
      `${isPartial ? 'partial' : 'document'}${at}/content/${pointer(mediaType)}/schema`,
      answer.body,
      place,
    )
  }
}

/** A body as JSON; undefined where it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const pointer = (part: string) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))

/** The check by the document as it is without further kinds. */
export const checkAnswer = answerCheck(loadDocument())

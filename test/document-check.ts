import { Ajv, type ValidateFunction } from 'ajv'
import formats from 'ajv-formats'
import { type Document, loadDocument, operationsOf, resolve } from '../server/openapi/document.ts'

/** Answers must have no members but those that the document names. */
const closed = [
  'Cluster',
  'NodePool',
  'ResourceStatus',
  'ResourceCondition',
  'ObjectReference',
  'AdapterStatus',
  'AdapterCondition',
  'ClusterList',
  'NodePoolList',
  'AdapterStatusList',
  'ProblemDetails',
  'ValidationError',
  'Metadata',
  'Compatibility',
]

const document = loadDocument()
const strict = structuredClone(document) as Document & { components: { schemas: Record<string, object> } }
for (const name of closed)
  Object.assign(strict.components.schemas[name] as object, { additionalProperties: false })

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

/** Which operation and status were answered: what a test of coverage wants to know. */
export const answered = new Set<string>()

/** Throws unless an answer is what the document says: a declared status, and a body of its schema. */
export function checkAnswer(
  method: string,
  url: string,
  answer: { status: number; headers: Record<string, unknown>; body: unknown; text: string },
): void {
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
  for (const header of Object.keys(headers)) {
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
  const isPartial = answer.status === 200 && /[?&]fields(\[\]|%5B%5D)?=/.test(url)
  check(`${isPartial ? 'partial' : 'document'}${at}/content/${pointer(mediaType)}/schema`, answer.body, place)
}

function check(schema: string, body: unknown, place: string) {
  const validate = validators.get(schema) ?? ajv.compile({ $ref: schema })
  validators.set(schema, validate)
  if (!validate(body))
    throw new Error(`${place}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(body)}`)
}

const pointer = (part: string) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))

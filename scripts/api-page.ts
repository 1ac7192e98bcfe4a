/** docs/api.md, from openapi.yaml and the table of problems. */

import { type Document, resolve } from '../server/openapi/operations.ts'
import { problems } from '../server/problem.ts'
import { anchor, cell, code, codes, fenced, json, link, type Schema, table, type } from './api-words.ts'

type Reference = { $ref: string }
interface Content {
  schema: Schema
  example?: unknown
  examples?: Record<string, Reference | { value: unknown }>
}
interface Parameter {
  name: string
  in: string
  required?: boolean
  deprecated?: boolean
  description: string
  schema: Schema
}
interface Body {
  description: string
  content: Record<string, Content>
}
interface Response {
  description: string
  headers?: Record<string, object>
  content?: Record<string, Content>
}
interface Operation {
  operationId: string
  tags: string[]
  summary: string
  description: string
  deprecated?: boolean
  security?: object[]
  parameters?: (Parameter | Reference)[]
  requestBody?: Body | Reference
  responses: Record<string, Response | Reference>
}
interface Problem {
  status: number
  code: string
  detail: string
  errors?: object[]
}
/** The document, as far as the page tells of it. */
interface Page {
  info: { description: string; version: string }
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, Operation>>
  components: {
    parameters: Record<string, Parameter>
    headers: Record<string, { description: string; schema: Schema; example?: unknown }>
    schemas: Record<string, Schema>
    responses: Record<string, Response>
  }
}

const SERVER = 'http://localhost:8000'

/** The page, for a document. */
export function apiPage(source: Document): string {
  const document = source as unknown as Page
  const { components } = document
  const settle = <Thing extends object>(thing: Thing | Reference): Thing => resolve<Thing>(source, thing)

  /** Of a shared parameter with more than a line to say: where the page says it. */
  const headingOf = (parameter: Parameter) => {
    const [key] = Object.entries(components.parameters).find(([, each]) => each === parameter) ?? []
    if (!key || parameter.description.length < 200) return undefined
    return key === parameter.name ? key : `${parameter.name} (${key})`
  }

  const parameterRow = (parameter: Parameter) => {
    const { name, schema, required, deprecated, description } = parameter
    const heading = headingOf(parameter)
    const [first = ''] = /^[\s\S]*?[.:](?=\s)/.exec(description) ?? [description]
    return [
      `${code(name)}${required ? '' : deprecated ? ' (older)' : ''}`,
      parameter.in,
      cell(schema.items?.enum ? 'list of members, with commas' : type(schema)),
      schema.default === undefined ? '' : code(String(schema.default)),
      heading ? `${cell(first.replace(/:$/, '.'))} [More](#${anchor(heading)})` : cell(description),
    ]
  }

  /** The requests of an operation, one command for each media type of its body. */
  function commands(method: string, path: string, { requestBody }: Operation, secured: boolean): string {
    const ids = Object.entries(exampleIds()).reduce((text, [name, id]) => text.replace(name, id), path)
    const url = `${SERVER}${ids}`
    const token = secured ? ` -H "Authorization: Bearer $TOKEN"` : ''
    const begin = method === 'GET' ? `curl -s ${url}${token}` : `curl -s -X ${method} ${url}${token}`
    const contents = Object.entries(requestBody ? settle(requestBody).content : {})
    if (!contents.length) return begin
    return contents
      .map(([media, { example }]) => `${begin} \\\n  -H 'Content-Type: ${media}' -d '${json(example, '  ')}'`)
      .join('\n')
  }

  /** The ids in the examples, for the places of a path. */
  function exampleIds(): Record<string, string> {
    const idOf = (schema: string) => (components.schemas[schema] as { example: { id: string } }).example.id
    return {
      '{cluster_id}': idOf('Cluster'),
      '{resource_id}': idOf('Cluster'),
      '{nodepool_id}': idOf('NodePool'),
      '{kind}': 'Cluster',
      '{generation}': '1',
    }
  }

  function answer(status: string, response: Response): string {
    const headers = Object.keys(response.headers ?? {})
    const [content] = Object.values(response.content ?? {})
    const body = content ? ` Body: ${type(content.schema)}.` : ' No body.'
    const withHeaders = headers.length ? ` Headers: ${codes(headers)}.` : ''
    return `**${status}** ${response.description.trim()}${body}${withHeaders}`
  }

  /** Where an example of more than a line stands: shown once, it is pointed to from then on. */
  const shown = new Map<string, string>()
  function exampleOf(response: Response, summary: string): string[] {
    const [content] = Object.values(response.content ?? {})
    const [shared] = Object.values(content?.examples ?? {})
    const value = content?.example ?? (shared && settle(shared).value)
    if (value === undefined) return []
    const text = json(value)
    const place = shown.get(text)
    if (place) return [`For example, as under ${link(place)}.`]
    if (text.includes('\n')) shown.set(text, summary)
    return [fenced('json', text)]
  }

  function operationText(method: string, path: string, operation: Operation): string {
    const { summary, description, deprecated, parameters = [], requestBody, responses } = operation
    const secured = !operation.security
    const settled = Object.entries(responses).map(([status, response]) => [status, settle(response)] as const)
    const answers = settled.filter(([status]) => Number(status) < 400)
    const refusals = settled.filter(([status]) => Number(status) >= 400)
    const body = requestBody && settle(requestBody)
    const bodies = Object.entries(body?.content ?? {}).map(
      ([media, { schema }]) => `${code(media)}: ${type(schema)}`,
    )
    return [
      `### ${summary}`,
      `${code(`${method} ${path}`)}${deprecated ? ' (for older clients)' : ''}. Operation ${code(operation.operationId)}.${secured ? '' : ' Needs no token.'}`,
      description.trim(),
      ...(parameters.length
        ? [
            table(
              ['parameter', 'in', 'type', 'default', 'meaning'],
              parameters.map((each) => parameterRow(settle(each))),
            ),
          ]
        : []),
      ...(body ? [`Body: ${body.description} ${bodies.join('; ')}.`] : []),
      fenced('sh', commands(method, path, operation, secured)),
      ...answers.flatMap(([status, response]) => [answer(status, response), ...exampleOf(response, summary)]),
      `Refused with: ${refusals.map(([status]) => link(status)).join(', ')}.`,
    ].join('\n\n')
  }

  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
  const tagTexts = document.tags.map(({ name, description }) =>
    [
      `## ${name}`,
      description,
      ...operations
        .filter(({ operation }) => operation.tags[0] === name)
        .map(({ method, path, operation }) => operationText(method, path, operation)),
    ].join('\n\n'),
  )

  const parameterTexts = Object.values(components.parameters).flatMap((parameter) => {
    const heading = headingOf(parameter)
    const members = parameter.schema.items?.enum
    return heading
      ? [`### ${heading}`, parameter.description.trim(), ...(members ? [`Members: ${codes(members)}.`] : [])]
      : []
  })
  const headerRows = Object.entries(components.headers).map(([name, header]) => [
    code(name),
    cell(type(header.schema)),
    cell(header.description),
    code(String(header.example)),
  ])

  /** The members of a schema; those that say the same share a row. */
  function memberRows({ properties = {}, required = [] }: Schema): string[][] {
    const rows = Object.entries(properties).map(([name, schema]) => {
      const { description } = settle<Schema>(schema as Schema & Reference)
      return { name, cells: [cell(type(schema)), required.includes(name) ? 'yes' : '', cell(description)] }
    })
    const kinds = [...new Set(rows.map(({ cells }) => cells.join('\n')))]
    return kinds.map((kind) => {
      const alike = rows.filter(({ cells }) => cells.join('\n') === kind)
      return [codes(alike.map(({ name }) => name)), ...kind.split('\n')]
    })
  }

  function schemaText([name, schema]: [string, Schema]): string {
    const rows = memberRows(schema)
    return [
      `### ${name}`,
      (schema.description ?? '').trim(),
      rows.length ? table(['member', 'type', 'required', 'meaning'], rows) : `Type: ${type(schema)}.`,
    ].join('\n\n')
  }

  const refusals = Object.values(components.responses).flatMap((response) => {
    const { example } = response.content?.['application/problem+json'] ?? {}
    return example ? [{ response, example: example as Problem }] : []
  })
  const codesOf = (status: number, example: string) => {
    const known = Object.entries(problems).filter(([, problem]) => problem.status === status)
    return [...new Set([...known.map(([name]) => `HYPERFLEET-${name}`), example])]
  }
  const refusalTexts = refusals
    .toSorted((one, other) => one.example.status - other.example.status)
    .flatMap(({ response, example }) => {
      const headers = Object.keys(response.headers ?? {})
      return [
        `### ${example.status}`,
        response.description.trim(),
        `${codesOf(example.status, example.code).length > 1 ? 'Codes' : 'Code'}: ${codes(codesOf(example.status, example.code))}.${headers.length ? ` Headers: ${codes(headers)}.` : ''}`,
        example.errors ? fenced('json', json(example)) : `For example: ${code(example.detail)}.`,
      ]
    })
  const meanings = components.schemas.ProblemDetails?.properties?.code?.['x-codes'] ?? {}
  const codeRows = Object.entries(problems).map(([name, { status, title, slug }]) => {
    const meaning = meanings[`HYPERFLEET-${name}`]
    if (!meaning) throw new Error(`the document does not say what HYPERFLEET-${name} means`)
    return [code(`HYPERFLEET-${name}`), String(status), title, code(slug), cell(meaning)]
  })

  return `${[
    '<!-- Made by `npm run generate` from openapi.yaml. -->\n# The API',
    `Version ${document.info.version}. The document itself is [openapi.yaml](../openapi.yaml); a server has it at \`/openapi.yaml\`, and as a page to try it on at \`/openapi-ui\`.`,
    document.info.description.trim(),
    "The examples ask a server on this machine. Where it asks for no tokens, `$TOKEN` may be anything. An answer's example is one that the operation can have, not that of the command above it.",
    table(
      ['operation', 'method and path'],
      operations.map(({ method, path, operation }) => [link(operation.summary), code(`${method} ${path}`)]),
    ),
    ...tagTexts,
    '## Parameters',
    'Those with more to say than a line.',
    ...parameterTexts,
    '## Headers of answers',
    table(['header', 'type', 'meaning', 'example'], headerRows),
    '## Errors',
    `Every error is a ${link('ProblemDetails')} as \`application/problem+json\`.`,
    ...refusalTexts,
    '### Codes',
    'The status is that of the code unless its meaning says otherwise. The type is the end of `type`.',
    table(['code', 'status', 'title', 'type', 'when'], codeRows),
    '## Schemas',
    ...Object.entries(components.schemas).map(schemaText),
  ].join('\n\n')}\n`
}

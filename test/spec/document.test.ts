import { isDeepStrictEqual } from 'node:util'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import t from 'tap'
import { parse } from 'yaml'
import { handlers } from '../../handlers/index.ts'
import { conditionMembers, resourceFields, statusFields } from '../../search/fields.ts'
import { loadDocument } from '../../server/openapi/document.ts'
import { ANY_KIND } from '../../server/openapi/kinds.ts'
import { operationsOf, resolve } from '../../server/openapi/operations.ts'
import { problems } from '../../server/problem.ts'
import { keywords } from '../../server/validation/keywords.ts'
import { application, base } from '../application.ts'
import { createIssuer, trusting } from '../issuers.ts'

/** What can be asked without a token. */
const publicOperations = ['getCompatibility', 'getMetadata', 'getVersionMetadata']

/** What is answered without the database. */
const withoutDatabase = [...publicOperations, 'getSchema']

type Node = { [name: string]: unknown }
interface Described {
  operationId: string
  'x-operation': string
  'x-kind'?: string
  tags: string[]
  summary?: string
  description?: string
  security?: object[]
  parameters?: { $ref: string }[]
  requestBody?: Node
  responses: Record<string, Node>
}

const document = loadDocument()
const schemas = document.components.schemas as Record<string, Node>
const operations = operationsOf(document).map(({ method, path, operation }) => ({
  method,
  path,
  ...(operation as unknown as Described),
}))
const ids = operations.map(({ operationId }) => operationId)

/** Every object in the document that `wanted` finds, with the JSON pointer to it. */
function* find(
  wanted: (node: Node) => boolean,
  node: unknown = document,
  at = '#',
): Generator<[string, Node]> {
  if (typeof node !== 'object' || node === null) return
  if (wanted(node as Node)) yield [at, node as Node]
  for (const [name, inner] of Object.entries(node))
    yield* find(
      wanted,
      inner,
      `${at}/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`,
    )
}

/** The examples of a media type, parameter or header, by what they are called. */
function examplesOf({ example, examples = {} }: Node): [name: string, value: unknown][] {
  const named = Object.entries(examples as Record<string, Node>).map(([name, each]): [string, unknown] => [
    name,
    (resolve(document, each as { $ref: string }) as Node).value,
  ])
  return example === undefined ? named : [['example', example], ...named]
}

t.test('operations', async (t) => {
  await t.test('have ids of their own', async (t) => {
    t.strictSame(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      [],
    )
  })

  await t.test('have a handler by noun, and a kind where their path has one', async (t) => {
    const named = new Set(operations.map((each) => each['x-operation']))
    t.strictSame([...named].sort(), Object.keys(handlers).sort())
    const kinds = Object.entries({ ...document['x-kinds'], [ANY_KIND.name]: ANY_KIND })
    for (const { operationId, path, 'x-kind': kind, 'x-operation': name } of operations) {
      const [, { plural = '' } = {}] = kinds.find(([each]) => each === kind) ?? []
      t.equal(/^(resources|reports|history)\./.test(name), kind !== undefined, operationId)
      const hasVerb = kind !== undefined || ['changes.list', 'summary.get'].includes(name)
      t.equal(name in document['x-verbs'], hasVerb, `${operationId} has a verb`)
      if (kind)
        t.match(
          path,
          new RegExp(
            `/${plural}(/\\{\\w+\\})?(/search|/statuses|/explain|/force-delete|/changes|/generations(/\\{generation\\})?)?$`,
          ),
          operationId,
        )
    }
  })

  await t.test('have one tag each, which the document describes', async (t) => {
    const described = (document as unknown as { tags: { name: string; description: string }[] }).tags
    for (const { operationId, tags } of operations) {
      t.equal(tags.length, 1, operationId)
      t.match(described.find(({ name }) => name === tags[0])?.description, /./, operationId)
    }
    for (const { name } of described)
      t.ok(
        operations.some(({ tags }) => tags.includes(name)),
        name,
      )
  })

  await t.test('need a token, unless they are public', async (t) => {
    const { security } = document as unknown as { security: object[] }
    t.strictSame(security, [{ BearerAuth: [] }])
    const open = operations.filter((each) => (each.security ?? security).length === 0)
    t.strictSame(open.map(({ operationId }) => operationId).sort(), publicOperations)
  })

  await t.test('are described, with an example of every body', async (t) => {
    for (const { operationId, summary, description, requestBody, responses } of operations) {
      t.match(summary, /./, `${operationId} has a summary`)
      t.match(description, /./, `${operationId} has a description`)
      for (const [part, node] of Object.entries({
        ...responses,
        ...(requestBody && { body: requestBody }),
      })) {
        const { description, content = {} } = resolve(document, node as { $ref: string }) as Node
        t.match(description, /./, `${operationId} ${part} has a description`)
        for (const mediaType of Object.values(content as Record<string, Node>))
          t.ok(examplesOf(mediaType).length > 0, `${operationId} ${part} has an example`)
      }
    }
  })

  await t.test('declare the refusals that all of their sort have', async (t) => {
    for (const { operationId, path, requestBody, responses, 'x-operation': name } of operations) {
      const due = [
        '400',
        ...(path.includes('{') ? ['404'] : []),
        ...(requestBody ? ['413', '415'] : []),
        ...(publicOperations.includes(operationId) ? [] : ['401', '429', '503']),
        ...(name in document['x-verbs'] ? ['403'] : []),
        ...(withoutDatabase.includes(operationId) ? [] : ['500', '504']),
      ]
      for (const status of due) t.ok(status in responses, `${operationId} ${status}`)
    }
  })
})

t.test('parts of the document', async (t) => {
  await t.test('are referred to, and are there', async (t) => {
    const used = new Set<string>()
    for (const [at, { $ref }] of find((node) => typeof node.$ref === 'string')) {
      used.add(String($ref))
      t.ok(resolve(document, { $ref: String($ref) }), `${at}: ${$ref}`)
    }
    for (const [section, parts] of Object.entries(document.components))
      for (const name of Object.keys(parts)) {
        if (section === 'securitySchemes') continue
        t.ok(used.has(`#/components/${section}/${name}`), `${section} ${name} is used`)
      }
  })

  await t.test('have a description and an example', async (t) => {
    for (const [name, schema] of Object.entries(schemas)) {
      t.match(schema.description, /./, `schema ${name}`)
      t.ok(examplesOf(schema).length > 0, `schema ${name}`)
    }
    for (const section of ['parameters', 'headers'])
      for (const [name, part] of Object.entries(document.components[section] ?? {})) {
        t.match((part as Node).description, /./, `${section} ${name}`)
        // The page fills in the example of a parameter; what is tried there would then find nothing.
        t.equal(examplesOf(part as Node).length > 0, section === 'headers', `${section} ${name}`)
      }
    for (const [name, schema] of Object.entries(schemas))
      for (const [member, property] of Object.entries((schema.properties ?? {}) as Record<string, Node>)) {
        if (!('$ref' in property)) t.match(property.description, /./, `${name}.${member}`)
      }
  })

  await t.test('have examples and defaults that are valid', async (t) => {
    const ajv = new Ajv({ strict: false, allErrors: true })
    formats.default(ajv)
    for (const keyword of keywords(new Map())) ajv.addKeyword(keyword)
    ajv.addSchema(document, 'document')
    const isValid = (at: string, value: unknown, title: string) => {
      const validate = ajv.compile({ $ref: `document${at}` })
      t.ok(validate(value), `${title}: ${ajv.errorsText(validate.errors)}`)
    }
    let count = 0
    for (const [at, node] of find(({ schema }) => typeof schema === 'object'))
      for (const [name, value] of examplesOf(node)) {
        isValid(`${at}/schema`, value, `${at} ${name}`)
        count++
      }
    for (const [name, schema] of Object.entries(schemas))
      for (const [, value] of examplesOf(schema)) {
        isValid(`#/components/schemas/${name}`, value, `schema ${name}`)
        count++
      }
    for (const [at, node] of find((node) => 'default' in node && 'type' in node))
      isValid(at, node.default, `${at} default`)
    t.ok(count > 60, `${count} examples`)
  })
})

/** Names that mean something else in a language that clients are generated in. */
const taken = new Set([
  'Any',
  'Error',
  'List',
  'Map',
  'Object',
  'Optional',
  'Record',
  'Set',
  'String',
  'Type',
])

/** What each of the generators of clients/README.md makes a working client of. */
t.test('the shapes that generators of clients need', async (t) => {
  await t.test('are whole schemas, each with a type', async (t) => {
    const parts = find((node) =>
      ['allOf', 'anyOf', 'oneOf', 'not'].some((keyword) => Array.isArray(node[keyword])),
    )
    t.strictSame(
      [...parts].map(([at]) => at),
      [],
    )
    for (const [name, { type }] of Object.entries(schemas)) {
      t.match(type, /^(object|string|integer|array)$/, name)
      t.notOk(taken.has(name), `${name} is no type of a language`)
    }
    t.strictSame(
      [...find(({ readOnly }) => readOnly === true)],
      [],
      'what is echoed in a request is accepted',
    )
  })

  await t.test('are members of a request that may be null where they may be absent', async (t) => {
    // Those without a type take anything.
    const optional = (name: string, { required = [], properties = {} }: Node) =>
      Object.entries(properties as Record<string, Node>)
        .filter(([member, { type }]) => type && !(required as string[]).includes(member))
        .map(([member, { nullable }]) => [`${name}.${member}`, nullable])
    const requests = Object.entries(schemas).filter(([name]) => name.endsWith('Request'))
    const members = requests.flatMap(([name, schema]) => optional(name, schema))
    t.ok(members.length > 10)
    // RFC 7396: null removes, and a resource without a spec there is not.
    for (const [member, nullable] of members)
      t.equal(nullable ?? false, member !== 'MergePatchRequest.spec', `${member}`)
  })

  await t.test('are bodies and answers within their operations', async (t) => {
    for (const { operationId, requestBody, responses } of operations) {
      t.notOk(requestBody && '$ref' in requestBody, `${operationId} body`)
      for (const [status, response] of Object.entries(responses))
        if (status.startsWith('2')) t.notOk('$ref' in response, `${operationId} ${status}`)
    }
  })

  await t.test('are problems of every operation, whatever their status and code', async (t) => {
    for (const { operationId, responses } of operations) {
      t.strictSame(responses.default, { $ref: '#/components/responses/Problem' }, operationId)
      for (const [status, response] of Object.entries(responses)) {
        if (/^[23]/.test(status)) continue
        const { content } = resolve(document, response as { $ref: string }) as Node
        t.strictSame(Object.keys(content as object), ['application/problem+json'], `${operationId} ${status}`)
      }
    }
    const { code } = (schemas.ProblemDetails as Node).properties as { code: Node }
    t.notOk('enum' in code)
  })

  await t.test('are a security scheme as published, and a contact', async (t) => {
    t.strictSame(Object.keys(document.components.securitySchemes ?? {}), ['BearerAuth'])
    t.match(document.info, { contact: { name: /./ } })
  })
})

t.test('what the document repeats of the code', async (t) => {
  await t.test('are the codes of problems', async (t) => {
    const { code } = (schemas.ProblemDetails as Node).properties as { code: { 'x-codes': object } }
    t.strictSame(
      Object.keys(code['x-codes']).sort(),
      Object.keys(problems)
        .map((each) => `HYPERFLEET-${each}`)
        .sort(),
    )
    for (const [at, node] of find(({ code, trace_id }) => typeof code === 'string' && !!trace_id)) {
      const known = problems[String(node.code).replace('HYPERFLEET-', '') as keyof typeof problems]
      t.match(node, { title: known.title, type: `https://api.hyperfleet.io/errors/${known.slug}` }, at)
      t.ok(node.status === known.status || /^(412|422)$/.test(String(node.status)), at)
    }
  })

  await t.test('are the fields to sort by', async (t) => {
    const { order, statusOrder } = document.components.parameters as Record<string, { description: string }>
    for (const [parameter, { columns }] of [
      [order, resourceFields],
      [statusOrder, statusFields],
    ] as const) {
      const [, names = ''] = /Sortable: ([\w,\s]+)\./.exec(parameter?.description ?? '') ?? []
      const sortable = Object.entries(columns).filter(([, column]) => !column.unsortable)
      t.strictSame(names.split(/,\s*/).sort(), sortable.map(([name]) => name).sort())
    }
  })
})

t.test('what parameters repeat of schemas', async (t) => {
  const membersOf = (name: string) => Object.keys((schemas[name] as Node).properties as object)

  await t.test('are the members that can be asked for', async (t) => {
    const { fields } = document.components.parameters as Record<
      string,
      { schema: { items?: { enum: string[] } } }
    >
    const expected = [
      ...membersOf('NodePool'),
      ...membersOf('ObjectReference').map((member) => `owner_references.${member}`),
      ...membersOf('ResourceStatus').map((member) => `status.${member}`),
      ...membersOf('ResourceCondition').map((member) => `status.conditions.${member}`),
    ]
    t.strictSame([...(fields?.schema.items?.enum ?? [])].sort(), expected.sort())
  })

  await t.test('are the fields to search by', async (t) => {
    const { search, statusSearch } = document.components.parameters as Record<string, { description: string }>
    for (const [parameter, { columns }] of [
      [search, resourceFields],
      [statusSearch, statusFields],
    ] as const) {
      const [, names = ''] = /Fields: ([\w,\s]+)[.;]/.exec(parameter?.description ?? '') ?? []
      t.strictSame(names.split(/,\s*/).sort(), Object.keys(columns).sort())
    }
    for (const member of Object.keys(conditionMembers)) t.match(search?.description, `\`.${member}\``)
  })
})

t.test('the document is served', async (t) => {
  const { app, call } = await application(t)
  const open = { ...document, security: [] }

  await t.test('as JSON, under three paths', async (t) => {
    for (const path of ['/openapi.json', '/openapi', `${base}/openapi`]) {
      const answer = await call('GET', path)
      t.equal(answer.status, 200, path)
      t.equal(answer.headers['content-type'], 'application/json', path)
      t.ok(isDeepStrictEqual(answer.body, JSON.parse(JSON.stringify(open))), path)
    }
  })

  await t.test('as JSON, not again to a caller who has it', async (t) => {
    for (const path of ['/openapi.json', '/openapi', `${base}/openapi`]) {
      const etag = String((await app.inject(path)).headers.etag)
      const again = await app.inject({ url: path, headers: { 'if-none-match': etag } })
      t.strictSame([again.statusCode, again.body, again.headers.etag], [304, '', etag], path)
      const other = await app.inject({ url: path, headers: { 'if-none-match': 'W/"another"' } })
      t.equal(other.statusCode, 200, path)
    }
  })

  await t.test('as YAML, without anchors', async (t) => {
    const response = await app.inject('/openapi.yaml')
    t.equal(response.statusCode, 200)
    t.match(response.headers['content-type'], /^application\/yaml/)
    t.strictSame(parse(response.body, { maxAliasCount: 0 }), open)
    t.notMatch(response.body, /^ *([\w'/{}-]+:|-) [&*]/m)
  })

  await t.test('as one that asks for a token, where the server does', async (t) => {
    const issuer = await createIssuer(t)
    const { call } = await application(t, trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url }))
    t.ok(isDeepStrictEqual((await call('GET', '/openapi.json')).body, JSON.parse(JSON.stringify(document))))
  })

  await t.test('as pages that need no other host', async (t) => {
    const paths = ['/openapi-ui', `${base}/openapi.html`]
    for (const path of paths.flatMap((path) => [path, `${path}/`])) {
      const page = await app.inject(path)
      t.equal(page.statusCode, 200, path)
      t.match(page.headers['content-type'], /^text\/html/, path)
      t.match(page.headers['content-security-policy'], /default-src 'self'/, path)
      const links = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) => link)
      t.ok(links.length >= 4, path)
      t.notMatch(page.body, /(https?:)?\/\/(?!www\.w3\.org)[a-z0-9-]+\.[a-z]/i, path)
      for (const link of links) {
        const { host, pathname } = new URL(link, `http://here${path}`)
        t.equal(host, 'here', link)
        t.equal((await app.inject(pathname)).statusCode, 200, link)
      }
    }
    for (const path of paths) {
      const initializer = await app.inject(`${path}/static/swagger-initializer.js`)
      t.equal(initializer.statusCode, 200)
      t.match(initializer.body, /validatorUrl: null/, 'the document is not sent to a validator elsewhere')
      t.match((await app.inject(`${path}/json`)).json(), { openapi: '3.0.3' }, 'what the page reads')
    }
  })
})

t.test('the type of every problem leads to what it means', async (t) => {
  const { call } = await application(t)
  for (const [code, { slug }] of Object.entries(problems)) {
    const { status, headers, text } = await call('GET', `/errors/${slug}`)
    t.match(
      { status, type: headers['content-type'] },
      { status: 200, type: 'text/markdown; charset=utf-8' },
      slug,
    )
    t.match(text, new RegExp(`^## ${slug}\n[^#]*HYPERFLEET-${code}[^#]*- Client: [^#]*- Operator: `), slug)
  }
  t.match(await call('GET', '/errors/nothing'), { status: 404, body: { code: 'HYPERFLEET-NTF-000' } })
})

t.test('the document tells the configured size of a page', async (t) => {
  const { app, call } = await application(t, { HYPERFLEET_LISTS_DEFAULT_SIZE: '7' })
  const expected = { ...structuredClone(document), security: [] }
  const { size } = expected.components.parameters as { size: { schema: object } }
  Object.assign(size.schema, { default: 7 })
  t.ok(isDeepStrictEqual((await call('GET', '/openapi.json')).body, JSON.parse(JSON.stringify(expected))))
  const yaml = (await app.inject('/openapi.yaml')).body
  t.ok(isDeepStrictEqual(parse(yaml), expected))
})

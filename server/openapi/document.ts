import { readFileSync } from 'node:fs'
import { parse, stringify } from 'yaml'
import { compose, type Template } from './composed-document.ts'
import { describeKinds, type Entity } from './kinds.ts'
import { type Document, resolve } from './operations.ts'

type Own = Document & { 'x-kind-template': Template }
let source: Own | undefined

/** openapi.yaml, which a process parses once; a copy of its own for each call. */
function readSource(): Own {
  source ??= parse(readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8')) as Own
  return structuredClone(source)
}

/**
 * Reads openapi.yaml, from which everything is derived, and adds the kinds that are entries of the configuration.
 *
 * `lists.default_size` is the size of a page of resources when the request names none, `entities` are the kinds: those of
 * the configuration. Throws a StartError when a name of a kind is taken by the document.
 */
export function loadDocument({ lists, entities = [] }: Configured = {}): Document {
  const { 'x-kind-template': template, ...own } = readSource()
  const size = resolve<{ schema: object }>(own, { $ref: '#/components/parameters/size' })
  if (lists) Object.assign(size.schema, { default: lists.default_size })
  return compose(own, template, describeKinds(own['x-kinds'], entities, template.base_path))
}

/** The settings that the document follows. */
interface Configured {
  lists?: { default_size: number }
  entities?: Entity[]
}

/** The document as clients see it: without tokens, where the server asks for none. */
export const published = (
  document: Document,
  { server }: { server: { jwt: { enabled: boolean } } },
): Document => (server.jwt.enabled ? document : { ...document, security: [] })

/** A document as YAML without anchors, which some generators of clients cannot follow. */
export const toYaml = (document: Document): string =>
  stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 })

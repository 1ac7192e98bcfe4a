import { stringify } from 'yaml'
import { StartError } from '../process/start-error.ts'
import { compose } from './composed-document.ts'
import { readSource } from './document-source.ts'
import { clashesOf } from './kind-clashes.ts'
import { describeKinds, type Entity } from './kinds.ts'
import { type Document, resolve } from './operations.ts'

/**
 * Reads openapi.yaml, from which everything is derived, and adds the kinds that are entries of the configuration.
 *
 * `lists.default_size` is the size of a page of resources when the request names none, `entities` are the kinds: those of
 * the configuration. Throws a StartError when names of kinds clash.
 */
export function loadDocument({ lists, entities = [] }: Configured = {}): Document {
  const { 'x-kind-template': template, ...own } = readSource()
  const size = resolve<{ schema: object }>(own, { $ref: '#/components/parameters/size' })
  if (lists) Object.assign(size.schema, { default: lists.default_size })
  const kinds = describeKinds(own['x-kinds'], entities, template.base_path)
  const lines = clashesOf(own, template, kinds).map(
    ({ kind, member, rule }) => `entities: ${member} of ${kind} ${rule}`,
  )
  if (lines.length) throw new StartError(lines.join('; '))
  return compose(own, template, kinds)
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

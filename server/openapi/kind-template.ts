import { ANY_KIND, type Kind } from './kinds.ts'
import type { Operation, Parameter } from './operations.ts'

/** The paths and schemas of a kind (x-kind-template of openapi.yaml), with words to be filled in. */
export interface Template {
  base_path: string
  tag: object
  parameter: object
  /** By the part of the path after the plural of the kind. */
  paths: Record<string, Record<string, Operation & { 'x-flat-id'?: string; 'x-nested-id'?: string }>>
  schemas: Record<string, Schema>
  /** The additional parameters of a list of resources of any kind. */
  kind_parameter: Parameter
  tenancy_parameter: Parameter
  /** The additional parameters of a list of a kind with references: their type, and their target. */
  reference_parameters: [type: Parameter, target: Parameter]
  /** An example of a resource of a root kind. */
  example: object
}

export interface Schema {
  required?: string[]
  properties?: object
  /** The properties that a child has in addition to those of a root kind; required. */
  'x-child-properties'?: object
}

/** The template with the words of a kind. */
export function filled(template: Template, name: string, { plural, parent_kind = '' }: Kind): Template {
  const severalName = pluralName(name, plural)
  const words: Record<string, string> = {
    Kind: name,
    kind: name.toLowerCase(),
    Kinds: severalName,
    // Of Dns and dns: the list has the same name already.
    One: severalName === name ? `One${name}` : name,
    plural,
    Parent: parent_kind,
    examplePlural: name === ANY_KIND.name ? 'clusters' : plural,
    exampleKind: name === ANY_KIND.name ? 'Cluster' : name,
    ofKind: name === ANY_KIND.name ? 'of any kind' : `of the kind ${name}`,
  }
  return JSON.parse(JSON.stringify(template).replace(/<(\w+)>/g, (tag, word: string) => words[word] ?? tag))
}

/** The plural of a kind as part of a name: WifConfigs of WifConfig and wifconfigs, Policies of Policy and policies. */
function pluralName(kind: string, plural: string): string {
  const text = plural.replaceAll('-', '')
  const stem = kind.toLowerCase()
  return text.startsWith(stem) ? kind + text.slice(stem.length) : text.charAt(0).toUpperCase() + text.slice(1)
}

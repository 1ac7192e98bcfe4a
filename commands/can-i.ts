/**
 * Explains a decision of the rules of authorization, by the configuration alone: whether a caller with some claims may do
 * something, and why.
 *
 * Usage: hyperfleet-api can-i VERB KIND [--id ID] [--adapter NAME] [--claims FILE] [--resource FILE] [--config FILE …]
 */
import { readFileSync } from 'node:fs'
import { type Decision, decide, type Step } from '../server/auth/authorization/access-decision.ts'
import { type Caller, factsFor, groupsIn, type PathFacts } from '../server/auth/authorization/access-facts.ts'
import type { AccessRule, Verb } from '../server/auth/authorization/access-rule.ts'
import { AccessRules } from '../server/auth/authorization/access-rules.ts'
import { qualifier, SYSTEM } from '../server/auth/caller-names.ts'
import { callerIn } from '../server/auth/issuer.ts'
import { type Config, loadConfig } from '../server/config/load.ts'
import { loadDocument } from '../server/openapi/document.ts'
import { type Document, operationsOf } from '../server/openapi/operations.ts'
import { Problem } from '../server/problem.ts'
import { StartError } from '../server/process/start-error.ts'
import { readOwnFlags } from './own-flags.ts'

const USAGE =
  'usage: hyperfleet-api can-i VERB KIND [--id ID] [--adapter NAME] [--claims FILE] [--resource FILE] [--config FILE …]'

const OWN = ['id', 'adapter', 'claims', 'resource'] as const
type Own = Partial<Record<(typeof OWN)[number], string>>

/**
 * Prints the decision and the rules that were looked at. Returns the exit code: 0 allowed, 1 denied, 2 for a question that
 * cannot be answered, with the reason on standard error.
 */
export function canI(args: string[]): 0 | 1 | 2 {
  try {
    const { lines, isAllowed } = answer(args)
    console.log(lines.join('\n'))
    return isAllowed ? 0 : 1
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    console.error(`hyperfleet-api: ${error.message}`)
    return 2
  }
}

function answer(args: string[]): { lines: string[]; isAllowed: boolean } {
  const { verb, kind, own, rest } = question(args)
  const config = loadConfig(loadDocument()['x-kinds'], { args: rest, serving: false })
  const document = loadDocument(config)
  checkQuestion(verb, kind, own, document)
  const rules = new AccessRules(config.server.authorization.rules)
  if (!rules.all.length)
    return { lines: ['yes: there are no rules (server.authorization.rules)'], isAllowed: true }
  const caller = callerWith(own.claims, config)
  const resource = own.resource === undefined ? undefined : readObject(own.resource, '--resource')
  const adapter = verb === 'report' ? own.adapter : ''
  const facts = factsFor(
    { verb, kind, adapter, ...(resource && { resource }) },
    () => caller,
    () => ({}),
    () => pathOf(document, verb, kind, own.id),
  )
  const steps: Step[] = []
  const decision = decide(rules.all, facts, (step) => steps.push(step))
  if (decision.outcome === 'open' && verb !== 'list') throw new StartError(missingFact(decision, adapter))
  return {
    isAllowed: decision.outcome === 'allow',
    lines: [
      verdict(decision, `${verb} on ${kind} for ${caller.identity || 'a caller without a name'}`),
      ...steps.map(lineOf),
    ],
  }
}

function question(args: string[]): { verb: Verb; kind: string; own: Own; rest: string[] } {
  const [verb, kind, ...options] = args
  if (!verb || !kind || verb.startsWith('-') || kind.startsWith('-')) throw new StartError(USAGE)
  const { own, rest } = readOwnFlags(options, OWN)
  for (const { name, value } of own)
    if (value === undefined) throw new StartError(`--${name} has no value: ${USAGE}`)
  return {
    verb: verb as Verb,
    kind,
    own: Object.fromEntries(own.map(({ name, value }) => [name, value])),
    rest,
  }
}

function checkQuestion(verb: Verb, kind: string, own: Own, document: Document): void {
  const verbs = [...new Set(Object.values(document['x-verbs']))]
  if (!verbs.includes(verb)) throw new StartError(`${verb} is not a verb; there are ${verbs.join(', ')}`)
  const kinds = Object.keys(document['x-kinds'])
  if (!kinds.includes(kind)) throw new StartError(`${kind} is not a kind; there are ${kinds.join(', ')}`)
  if (own.adapter !== undefined && verb !== 'report')
    throw new StartError('--adapter is for the verb report: no other request has an adapter')
  if (own.resource !== undefined && verb === 'list')
    throw new StartError('--resource is not for the verb list: a list is decided without its resources')
}

/** The caller with the claims of a file, as the server would name it; without tokens, the system. */
function callerWith(file: string | undefined, { server: { authorization, jwt } }: Config): Caller {
  if (!jwt.enabled) {
    if (file !== undefined)
      throw new StartError('--claims has no effect: no tokens are asked for (server.jwt.enabled)')
    return { identity: SYSTEM, issuer: '', claims: {}, groups: [], system: false }
  }
  if (file === undefined)
    throw new StartError(
      '--claims must name a file with the claims of a token, as JSON: tokens are asked for',
    )
  const claims = readObject(file, '--claims')
  const { configs } = jwt
  const at = 'iss' in claims ? configs.findIndex(({ issuer_url }) => issuer_url === claims.iss) : 0
  const settings = configs[at]
  if (!settings || (configs.length > 1 && !('iss' in claims)))
    throw new StartError(`iss in --claims must be that of an issuer in server.jwt.configs`)
  return {
    identity: identityOf(claims, settings, configs, at),
    issuer: settings.issuer_url,
    claims,
    groups: groupsIn(claims, authorization.groups_claim),
    system: false,
  }
}

type Issuers = Config['server']['jwt']['configs']

function identityOf(claims: object, settings: Issuers[number], configs: Issuers, at: number): string {
  try {
    return callerIn({ ...claims }, settings, qualifier(configs, at)).caller ?? ''
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    throw new StartError(`a token with these claims is refused: ${error.message}`)
  }
}

function readObject(file: string, flag: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch (error) {
    throw new StartError(`the file ${file} of ${flag} cannot be read as JSON: ${(error as Error).message}`)
  }
  throw new StartError(`the file ${file} of ${flag} must have a JSON object`)
}

/** The path of the first operation with this verb on this kind, with the id in it. */
function pathOf(document: Document, verb: Verb, kind: string, id = ''): PathFacts {
  const found = operationsOf(document).find(
    ({ operation }) => operation['x-kind'] === kind && document['x-verbs'][operation['x-operation']] === verb,
  )
  const { method = '', path = '' } = found ?? {}
  const own = `{${kind.toLowerCase()}_id}`
  return { method, path: path.replace(own, id), id, owner_id: '', dry_run: 'false' }
}

function missingFact({ rule }: Decision, adapter: string | undefined): string {
  const [flag, fact] =
    adapter === undefined
      ? ['--adapter', 'the adapter of the report']
      : ['--resource', 'the resource, as GET answers it (of a create, the body)']
  return `the rule ${rule?.index} (${rule?.name}) depends on ${fact}: give it with ${flag}`
}

const named = ({ index, name }: AccessRule) => `rule ${index} (${name})`

function verdict({ outcome, rule }: Decision, about: string): string {
  if (outcome === 'open' && rule)
    return `no: ${about}: ${named(rule)} depends on the resource, and a list has none`
  if (outcome === 'allow' && rule) return `yes: ${about}: by ${named(rule)}`
  return rule ? `no: ${about}: by ${named(rule)}` : `no: ${about}: no rule allows it`
}

const RESULTS: Record<Step['result'], string> = {
  match: 'matches',
  open: 'depends on the resource',
  verb: 'is not of this verb',
  kind: 'is not of this kind',
  adapter: 'is not of this adapter',
  when: 'has an expression that is false',
  failed: 'has an expression that failed, and does not match',
}

const lineOf = ({ rule, result, failure }: Step) =>
  `  ${named(rule)}, ${rule.effect}: ${RESULTS[result]}${failure === undefined ? '' : ` (${failure})`}`

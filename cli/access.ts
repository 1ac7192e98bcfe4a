/** The command can-i: asks the server for what it would refuse. */
import { ApiError } from './api-client.ts'
import { CliError } from './exit-codes.ts'
import { type Manifest, readManifests } from './manifests.ts'
import { type Flags, itemAt, listAt, params, type Session } from './session.ts'
import { writeQuery } from './writing.ts'

interface AccessFlags extends Flags {
  filename?: string[]
  adapter?: string
}

/**
 * `can-i VERB KIND [NAME]`: asks for it, writes as a dry run, and says yes unless the answer is 401 or 403. Any other refusal is
 * of the request and not of the caller. Ends with 0 for yes, with 1 for no.
 */
export async function canI(
  session: Session,
  [verb = '', ...words]: string[],
  flags: AccessFlags,
): Promise<void> {
  const ask = Object.hasOwn(questions, verb) && questions[verb]
  if (!ask) throw new CliError(`${verb} is none of ${verbs.join(', ')}`, 'usage')
  try {
    await ask(session, words, flags)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.outcome === 'refused') {
      console.log('no')
      console.error(error.message)
      process.exitCode = 1
      return
    }
    if (error.outcome === 'unavailable' || error.status >= 500) throw error
  }
  console.log('yes')
}

type Question = (session: Session, words: string[], flags: AccessFlags) => Promise<unknown>

const questions: Record<string, Question> = {
  async get(session, words) {
    const { href } = await session.resource(words)
    return session.api.GET(itemAt(href), { params: params() })
  },
  async list(session, words) {
    const [target] = await session.targets(words)
    if (!target) return
    const path = await session.listPath(target.kind, await session.parent())
    return session.api.GET(listAt(path), { params: { query: { size: 1 } } })
  },
  async create(session, words, { filename }) {
    const [target] = await session.targets(words)
    if (!target) return
    const { kind } = target.kind
    const [manifest = { kind, name: 'can-i' } as Manifest] = filename ? readManifests(filename) : []
    const path = await session.listPath(target.kind, await session.parent())
    const { name, labels = {}, spec = {} } = manifest
    return session.api.POST(listAt(path), {
      params: await writeQuery(session, { dryRun: true }, 'resources.create'),
      body: { kind: kind as 'Cluster', name, labels, spec },
    })
  },
  async update(session, words) {
    const { href, labels } = await session.resource(words)
    const query = await writeQuery(session, { dryRun: true }, 'resources.patch')
    return session.api.PATCH(itemAt(href), { params: params(query), body: { labels } })
  },
  async delete(session, words) {
    const { href } = await session.resource(words)
    const query = await writeQuery(session, { dryRun: true }, 'resources.delete')
    return session.api.DELETE(itemAt(href), { params: params(query) })
  },
  async 'force-delete'(session, words) {
    const { href } = await session.resource(words)
    const query = await writeQuery(session, { dryRun: true }, 'resources.forceDelete')
    return session.api.POST(itemAt(href, '/force-delete'), {
      params: params(query),
      body: { reason: 'can-i' },
    })
  },
  async report(session, words, { adapter }) {
    if (!adapter) throw new CliError('can-i report needs --adapter', 'usage')
    const { href, generation } = await session.resource(words)
    const query = await writeQuery(session, { dryRun: true }, 'reports.put')
    const conditions = (['Available', 'Applied', 'Health'] as const).map((type) => ({
      type,
      status: 'True' as const,
    }))
    return session.api.PUT(itemAt(href, '/statuses'), {
      params: params(query),
      body: { adapter, observed_generation: generation, conditions },
    })
  },
}

/** What can be asked. */
export const verbs = Object.keys(questions)

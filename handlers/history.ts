import { entriesOf, entryJson } from '../server/changes/change-entry.ts'
import { ChangeTokens } from '../server/changes/change-token.ts'
import type { Handler } from './handler.ts'

/** One page of the changes of a resource, newest first; also after its removal. */
export const listChanges: Handler<'getClusterChanges'> = async ({ database, target, query }) => {
  const { page = 1, size } = query
  const found = await database.one('list_resource_changes', { ...target, page, size })
  const tokens = new ChangeTokens(found.feed)
  const items = entriesOf(found.entries).map((entry) => entryJson(entry, tokens))
  return `{"kind":"ResourceChangeList","page":${page},"size":${items.length},"total":${found.total},"items":[${items}]}`
}

/** One page of the generations of a resource, newest first. */
export const listGenerations: Handler<'getClusterGenerations'> = async ({ database, target, query }) => {
  const { page = 1, size } = query
  return (await database.one('list_generations', { ...target, page, size })).body
}

/** A generation of a resource, with its state and, when asked for, what differs from another one. */
export const getGeneration: Handler<'getClusterGeneration'> = async ({ database, target, params, query }) => {
  const { generation } = params
  return (await database.one('get_generation', { ...target, generation, diff: query.diff ?? null })).body
}

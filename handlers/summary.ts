import { resourceFields } from '../search/fields.ts'
import { scoped, selectSummary } from '../search/selection.ts'
import { withToken } from '../server/http/list-token.ts'
import type { Handler } from './handler.ts'

/** How many groups a summary tells one by one. */
const MAX_GROUPS = 1000

/** How many resources there are in each state of each condition, in all and by the values of a field. */
export const get: Handler<'getSummary'> = (request, reply) => {
  const { lists, scope, query } = request
  const { kind = null, group_by = CONDITION } = query
  const field = group_by === CONDITION ? undefined : group_by
  const selection = scoped(selectSummary({ ...query, group_by: field }, resourceFields), {
    kind,
    owner_id: null,
    tenant: scope.tenant,
  })
  const parameters = { ...scope, kind, group_by: field ?? null, max_groups: MAX_GROUPS }
  return withToken(
    request,
    reply,
    async () => (await lists.list('summarize_resources', parameters, selection)).body,
  )
}

/** By conditions alone, as every group is. */
const CONDITION = 'condition'

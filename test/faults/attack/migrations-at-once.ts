import { execute } from '../../databases.ts'
import { launch } from '../../processes.ts'
import type { Fault } from './attack.ts'

const REPLICAS = 5

export const migrationsAtOnce: Fault = {
  name: 'five replicas migrate at once, functions, conditions and an index',
  // Five processes take long to start; test/faults/migrate.test.ts has three in one.
  rounds: { short: 0, long: 3 },
  async strike({ database, env, scope }) {
    await execute(database.url, `update applied_functions set hash = 'older', rules_hash = 'older'`)
    await execute(database.url, 'drop index resources_kind_id_idx')
    const settings = { ...env, HYPERFLEET_DATABASE_URL: database.url }
    const runs = Array.from({ length: REPLICAS }, () =>
      launch(scope, 'hyperfleet-api', ['migrate'], settings),
    )
    for (const { ended, output } of runs)
      if ((await ended) !== 0) throw new Error(`migrate: ${output.stdout}${output.stderr}`)
    const { rows } = await execute(
      database.url,
      `select hash, indisvalid from applied_functions
       left join pg_index on indexrelid = to_regclass('resources_kind_id_idx')`,
    )
    if (rows[0].hash === 'older' || !rows[0].indisvalid) throw new Error('it is not migrated')
  },
}

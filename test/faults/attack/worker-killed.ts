import { statusOf, until, workersOf } from '../../processes.ts'
import type { Fault } from './attack.ts'
import { openDatabase, openScene } from './stage.ts'

export const workerKilled: Fault = {
  name: 'one of two workers is killed (-9), and another takes its place',
  // Each that takes a place waits longer before it does.
  rounds: { short: 1, long: 6 },
  hurtsServer: true,
  open: async (scope, seed) =>
    openScene(scope, await openDatabase(scope, seed), { HYPERFLEET_SERVER_WORKERS: '2' }),
  async strike({ servers: [server] }, round) {
    if (!server) return
    const workers = workersOf(server)
    process.kill(workers[round % workers.length] ?? 0, 'SIGKILL')
    const isReady = async () => (await statusOf(`${server.health}/readyz`)) === 200
    await until('the probe tells', server, async () => !(await isReady()))
    await until('both serve', server, isReady)
  },
}

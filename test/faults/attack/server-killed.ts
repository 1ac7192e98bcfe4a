import { startReplica } from '../../processes.ts'
import type { Fault } from './attack.ts'

export const serverKilled: Fault = {
  name: 'the server is killed (-9), and another one started',
  rounds: { short: 3, long: 20 },
  hurtsServer: true,
  async strike({ servers, scope, env }) {
    const [server] = servers
    server?.child.kill('SIGKILL')
    await server?.ended
    servers[0] = await startReplica(scope, env)
  },
}

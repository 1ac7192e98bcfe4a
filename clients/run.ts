/**
 * Makes clients of the document that a server serves, with each generator of clients.ts or those that are named, and runs
 * their programs against the server. Ends with 1 when one does not work.
 *
 * Usage: npm run clients [-- go-oapi-codegen …]
 */
import { fail } from '../commands/main.ts'
import { inScope } from '../test/processes.ts'
import { clients } from './clients.ts'
import { install, make, type Result, word } from './make.ts'
import { openScene } from './scene.ts'

function line({ client, generates, compiles, works, exactNumbers, exactTimes, seconds }: Result): string {
  const stages = [generates, generates ? compiles : undefined, compiles ? works : undefined]
  const cells = [
    client.name,
    client.version,
    ...[...stages, exactNumbers, exactTimes].map(word),
    `${seconds}`,
  ]
  return `| ${cells.join(' | ')} |`
}

async function main(): Promise<number> {
  const names = process.argv.slice(2)
  const unknown = names.filter((name) => !clients.some((client) => client.name === name))
  if (unknown.length) throw new Error(`no such client: ${unknown.join(', ')}`)
  const chosen = clients.filter(({ name }) => names.length === 0 || names.includes(name))
  await install(chosen)
  const results: Result[] = []
  console.log('| client | version | generates | compiles | works | exact numbers | exact times | seconds |')
  console.log('|---|---|---|---|---|---|---|---|')
  await inScope(async (scope) => {
    const scene = await openScene(scope)
    for (const client of chosen) {
      const result = await make(client, scene)
      results.push(result)
      console.log(line(result))
    }
  })
  const failed = results.filter(({ failure }) => failure)
  for (const { client, failure } of failed) console.error(`\n${client.name}: ${failure}`)
  return failed.length ? 1 : 0
}

main().then((code) => process.exit(code), fail)

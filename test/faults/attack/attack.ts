import type { Scope } from '../../processes.ts'
import { REQUIRED, startCallers } from './callers.ts'
import { type Inconsistencies, judge, type Verdict } from './ledger.ts'
import type { Scene, Seed, Stage } from './stage.ts'

/** Something that goes wrong while callers write. */
export interface Fault {
  name: string
  /** How often it is done; where the short form takes too long for it, never there. */
  rounds: { short: number; long: number }
  /** Where it hurts the server itself: then calls may remain without an answer. */
  hurtsServer?: boolean
  /** Why it cannot be done here, if so. */
  lack?(): string | undefined
  /** What is attacked, where that is not a server on a PostgreSQL of its own. */
  open?(scope: Scope, seed: Seed): Promise<Scene>
  /** Does it once; resolves when nothing is in the way of the next write any more. */
  strike(stage: Stage, round: number): Promise<void>
  /** What is wrong with the outcome, beside what is always wrong. */
  check?(outcome: Outcome): string[]
}

export interface Outcome extends Verdict {
  rounds: number
  acknowledged: number
  unanswered: number
  answers: Map<number, number>
  /** From the end of each fault to the next write that was acknowledged, in ms. */
  recoveries: number[]
}

/** So many writes are acknowledged before each round, and after the last one. */
const BETWEEN = 20

/** Does a fault again and again while callers write, and judges what is left. */
export async function attack(
  fault: Fault,
  scene: Scene,
  { rounds, list }: { rounds: number; list?: Inconsistencies },
): Promise<Outcome> {
  let turn = 0
  const api = () => scene.servers[turn++ % scene.servers.length]?.api ?? ''
  const callers = startCallers(api, { mayGoUnanswered: fault.hurtsServer ?? false })
  const stage = { ...scene, callers }
  const recoveries: number[] = []
  try {
    for (let round = 0; round < rounds; round++) {
      await callers.acknowledged(BETWEEN)
      await fault.strike(stage, round)
      const over = performance.now()
      await callers.acknowledged(1)
      recoveries.push(performance.now() - over)
    }
    await callers.acknowledged(BETWEEN)
  } finally {
    await callers.end()
  }
  const { ledger } = callers
  const outcome: Outcome = {
    ...(await judge(stage.database.url, ledger, REQUIRED, list)),
    rounds,
    acknowledged: ledger.acknowledged.length,
    unanswered: ledger.unanswered.length,
    answers: ledger.answers,
    recoveries,
  }
  outcome.violations.push(...(fault.check?.(outcome) ?? []))
  if (outcome.violations.length) outcome.violations.push(...scene.servers.flatMap(errorsOf))
  return outcome
}

/** The errors that a server has logged: they say why an answer was against the rules. */
const errorsOf = ({ output }: Scene['servers'][number]): string[] =>
  output.stdout.split('\n').filter((line) => line.includes('"err":'))

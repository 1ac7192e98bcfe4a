/** The exit codes of `hyperfleet`, by outcome; docs/cli.md has the same table. */
export const exitCodes = {
  ok: 0,
  failure: 1,
  usage: 2,
  'not found': 3,
  refused: 4,
  conflict: 5,
  timeout: 6,
  unavailable: 7,
  interrupted: 130,
} as const

export type Outcome = keyof typeof exitCodes

/** An end of a command that its user can act on: the message is printed without a stack, the outcome is the exit code. */
export class CliError extends Error {
  readonly outcome: Outcome

  constructor(message: string, outcome: Outcome = 'failure') {
    super(message)
    this.outcome = outcome
  }
}

/** The request was printed, as --curl asks for, and not sent. */
export class Printed extends Error {}

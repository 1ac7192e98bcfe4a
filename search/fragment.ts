/** SQL over parameters of its own, numbered from $1; input of a caller is never part of the text. */
export interface Fragment {
  text: string
  values: unknown[]
}

/** Collects the parameters of a fragment while its text is written. */
export class Parameters {
  readonly values: unknown[] = []

  /** The parameter for a value, as SQL. */
  add(value: unknown, type: string): string {
    return `$${this.values.push(value)}::${type}`
  }
}

/** A fragment for a statement that has so many parameters before it. */
export const shifted = (text: string, by: number): string =>
  text.replace(/\$(\d+)/g, (_, number: string) => `$${Number(number) + by}`)

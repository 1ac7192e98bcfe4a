/** The syntax tree of a search, before its fields are resolved. Positions count characters from 0. */
export type Expression =
  | { type: 'and' | 'or'; terms: Expression[] }
  | { type: 'not'; term: Expression }
  | { type: 'compare'; field: Path; operator: Operator; value: Literal }
  | { type: 'like'; field: Path; negated: boolean; insensitive: boolean; pattern: Literal }
  | { type: 'in'; field: Path; negated: boolean; values: Literal[] }
  | { type: 'between'; field: Path; negated: boolean; low: Literal; high: Literal }
  | { type: 'null'; field: Path; negated: boolean }

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>='

/** A field by its steps: `labels['a/b']` is labels, a/b. */
export interface Path {
  steps: string[]
  /** As it was written. */
  text: string
  position: number
}

export type Literal = (
  | { type: 'string'; value: string }
  /** A decimal number, its suffix worked in. */
  | { type: 'number'; value: string }
  | { type: 'boolean'; value: boolean }
  /** A moment in RFC 3339. */
  | { type: 'time'; value: string }
  /** So many seconds ago. */
  | { type: 'now'; ago: number }
) & { text: string; position: number }

/** An error in a search, an order or a cursor, with the character (from 0) where that is known. */
export class SearchError extends Error {
  readonly parameter: string
  readonly position: number | undefined

  constructor(parameter: string, message: string, position?: number) {
    super(position === undefined ? message : `${message} at position ${position}`)
    this.parameter = parameter
    this.position = position
  }
}

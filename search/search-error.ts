/** What is wrong with a search or an order, and at which character (from 0) where that is known. */
export class SearchError extends Error {
  readonly parameter: string
  readonly position: number | undefined

  constructor(parameter: string, message: string, position?: number) {
    super(position === undefined ? message : `${message} at position ${position}`)
    this.parameter = parameter
    this.position = position
  }
}

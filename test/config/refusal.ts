import { StartError } from '../../server/process/start-error.ts'

/** The message with which a start is refused; another text when it is not. */
export function refusalOf(start: () => unknown): string {
  try {
    start()
  } catch (error) {
    if (error instanceof StartError) return error.message
    throw error
  }
  return 'it was taken'
}

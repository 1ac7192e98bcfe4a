import { Button } from '@patternfly/react-core'

interface Steps {
  total: number | undefined
  /** The number of items before the page. */
  first: number
  count: number
  back: (() => void) | undefined
  forward: (() => void) | undefined
}

/** Which part of a list is shown, and the steps to the former and the next part. */
export function PageSteps({ total, first, count, back, forward }: Steps) {
  return (
    <span className="hf-pages">
      <span aria-live="polite">
        {total !== undefined && `${count ? first + 1 : 0}–${first + count} of ${total.toLocaleString('en')}`}
      </span>
      <Button variant="control" aria-label="Former page" isDisabled={!back} onClick={back}>
        ‹
      </Button>
      <Button variant="control" aria-label="Next page" isDisabled={!forward} onClick={forward}>
        ›
      </Button>
    </span>
  )
}

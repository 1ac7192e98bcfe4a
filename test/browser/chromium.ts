/** The browser of the system, for tests of pages. */
import { existsSync } from 'node:fs'
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { PATIENCE_MS, type Scope } from '../processes.ts'

/** Its program; undefined where there is none. */
export const CHROMIUM =
  process.env.CHROMIUM ??
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
    existsSync(path),
  )

/** What a browser needs to run without a screen, and to ask nobody by itself. */
export const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Why tests in a browser are skipped, if they are. */
export const skip = CHROMIUM ? false : 'there is no Chromium here'

/** A page of a browser that ends with the test, the requests that it made to others than `api`, and what the browser complained of. */
export async function newPage(t: Scope, api: string, options: BrowserContextOptions = {}) {
  const running = await chromium.launch({ executablePath: String(CHROMIUM), args: FLAGS })
  t.teardown(() => running.close())
  const context = await running.newContext({ viewport: { width: 1280, height: 1600 }, ...options })
  const page: Page = await context.newPage()
  page.setDefaultTimeout(Number(process.env.PAGE_PATIENCE ?? PATIENCE_MS))
  const elsewhere: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith(api) && !request.url().startsWith('data:')) elsewhere.push(request.url())
  })
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  return { page, elsewhere, complaints }
}

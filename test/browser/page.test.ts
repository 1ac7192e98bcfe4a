import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { base } from '../application.ts'
import { createIssuer, trusting } from '../issuers.ts'
import { quickStart, temporaryFolder } from '../processes.ts'
import { newPage, skip } from './chromium.ts'

t.test('the walk in Swagger UI, by hand', { skip }, async (t) => {
  const folder = await temporaryFolder(t)
  const { api } = await quickStart(t, {
    HYPERFLEET_CLUSTER_ADAPTERS: '["validation","dns"]',
    HYPERFLEET_DATABASE_EMBEDDED_DIR: `${folder}/postgres`,
  })
  const { page, elsewhere, complaints } = await openPage(t, api)
  const cluster = await execute(page, 'postCluster', {})
  t.equal(cluster.status, 201)
  const id = cluster.body.id
  t.equal((await execute(page, 'createNodePool', { cluster_id: id })).status, 201)
  t.equal(
    (
      await execute(page, 'postClusterStatuses', { cluster_id: id }, (sent) =>
        sent.replace('validator', 'validation'),
      )
    ).status,
    201,
  )
  t.equal(
    (
      await execute(page, 'putClusterStatuses', { cluster_id: id }, (sent) =>
        sent.replace('validator', 'dns'),
      )
    ).status,
    200,
  )
  const { status, body } = await execute(page, 'getClusterById', { cluster_id: id })
  t.equal(status, 200)
  t.match(
    body.status.conditions.map((each: { type: string; status: string }) => `${each.type}=${each.status}`),
    [
      'Available=True',
      'Ready=True',
      'Reconciled=True',
      'LastKnownReconciled=True',
      'ValidationSuccessful=True',
      'DnsSuccessful=True',
    ],
  )
  t.equal((await execute(page, 'getClusters', {})).body.total, 1)
  t.equal((await execute(page, 'getClusterStatuses', { cluster_id: id })).body.total, 2)
  t.equal((await execute(page, 'patchClusterById', { cluster_id: id })).status, 200)
  t.equal((await execute(page, 'deleteClusterById', { cluster_id: id })).status, 202)
  t.equal((await execute(page, 'forceDeleteCluster', { cluster_id: id })).status, 204)

  t.same(elsewhere, [], 'the page asks nobody else')
  t.same(complaints, [], 'the browser complains of nothing')
  if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT, fullPage: true })
})

t.test('the page under the path of the API works as well', { skip }, async (t) => {
  const folder = await temporaryFolder(t)
  const { api } = await quickStart(t, { HYPERFLEET_DATABASE_EMBEDDED_DIR: `${folder}/postgres` })
  const { page, elsewhere, complaints } = await openPage(t, api, `${base}/openapi.html`)
  t.equal((await execute(page, 'postCluster', {})).status, 201)
  t.equal((await execute(page, 'getClusters', {})).body.total, 1)
  t.same(elsewhere, [], 'the page asks nobody else')
  t.same(complaints, [], 'the browser complains of nothing')
  if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT, fullPage: true })
})

t.test('Authorize takes a pasted token, and keeps it', { skip }, async (t) => {
  const folder = await temporaryFolder(t)
  const issuer = await createIssuer(t)
  const { api } = await quickStart(t, {
    ...trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url }),
    HYPERFLEET_DATABASE_EMBEDDED_DIR: `${folder}/postgres`,
  })
  const { page } = await openPage(t, api)
  t.equal((await execute(page, 'getClusters', {})).status, 401)
  await openAgain(page, api)
  await page.locator('.scheme-container .authorize').click()
  await page.locator('.auth-container input').fill(await issuer.token('first'))
  await page.locator('.auth-btn-wrapper .authorize').click()
  await page.locator('.auth-btn-wrapper .btn-done').click()
  const { status, body } = await execute(page, 'postCluster', {})
  t.equal(status, 201)
  t.equal(body.created_by, 'me@example.com')
  await openAgain(page, api)
  t.equal((await execute(page, 'getClusters', {})).body.total, 1)
})

/** Opens the page anew, without the fragment by which it would open an operation itself. */
async function openAgain(page: Page, api: string) {
  await page.goto('about:blank')
  await page.goto(`${api}/openapi-ui`)
  await page.locator('.opblock').first().waitFor()
}

/** Opens the page in a browser; tells of requests to other hosts, and of what the browser complains of. */
async function openPage(t: Test, api: string, path = '/openapi-ui') {
  const opened = await newPage(t, api)
  await opened.page.goto(api + path)
  await opened.page.locator('.opblock').first().waitFor()
  return opened
}

/**
 * Opens an operation of the page, fills in its parameters, maybe changes its example, reads the answer shown, and closes the
 * operation: Swagger UI draws all open ones anew at each step.
 */
async function execute(
  page: Page,
  operationId: string,
  parameters: Record<string, string>,
  change?: (sent: string) => string,
) {
  const block = page.locator(`.opblock[id$="-${operationId}"]`)
  await block.locator('.opblock-summary-control').click()
  await block.locator('.try-out__btn').click()
  for (const [name, value] of Object.entries(parameters)) {
    await block.locator(`tr[data-param-name="${name}"] input`).fill(value)
  }
  if (change) {
    const body = block.locator('textarea.body-param__text')
    await body.fill(change(await body.inputValue()))
  }
  await block.locator('.execute').click()
  const live = block.locator('.live-responses-table tbody')
  const status = Number(await live.locator('.response-col_status').first().innerText())
  const text = await live
    .locator('.highlight-code code, .microlight')
    .first()
    .innerText()
    .catch(() => '')
  await block.locator('.opblock-summary-control').click()
  // biome-ignore lint/suspicious/noExplicitAny: whatever the page shows.
  return { status, body: (text.startsWith('{') ? JSON.parse(text) : undefined) as any }
}

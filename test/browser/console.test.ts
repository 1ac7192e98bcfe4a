/** The console in a browser: one cluster among 10,000, by clicks alone. */
import type { Page } from 'playwright-core'
import t from 'tap'
import { newPage, skip } from './chromium.ts'
import { AVAILABLE, FAILING, fleetServer } from './console-server.ts'

t.test('by clicks alone, one cluster among 10,000', { skip }, async (t) => {
  const { api, create, report } = await fleetServer(t, 10_000)
  const id = await create('needle', {
    labels: { environment: 'production' },
    spec: { region: 'us-east1', replicas: 3 },
  })
  await report(id, 'validation', 1)
  await report(id, 'dns', 1, FAILING)
  const { page, elsewhere, complaints } = await newPage(t, api)
  await page.goto(`${api}/`)
  t.equal(new URL(page.url()).pathname, '/console/', '/ leads to the console')

  // Found in three actions, and explained by the last of them.
  await page.getByRole('link', { name: 'Cluster', exact: true }).click()
  await page.getByRole('combobox', { name: 'Search' }).fill('needle')
  await page.getByText('1–1 of 1').waitFor()
  await page.getByRole('link', { name: 'needle' }).click()
  await page.getByText(/Adapter dns reported Available=False on generation 1 at .*ZoneMissing/).waitFor()
  await page.getByText('Cluster "needle" is not reconciled (last transition at').waitFor()
  t.match(await page.getByRole('row', { name: /^Reconciled/ }).innerText(), /False[\s\S]*ago|False[\s\S]*now/)

  // Another spec, which the server has checked before it is sent.
  await page.getByRole('link', { name: 'Edit' }).click()
  const spec = page.getByLabel('Spec (JSON)')
  await spec.fill('{ "region": "us-east1", "replicas": }')
  await page.getByText(/spec is not JSON/).waitFor()
  await spec.fill('{"region": "eu-west1", "replicas": 3}')
  await page.getByText('The server would take it').waitFor()
  await page.getByRole('button', { name: 'Save' }).click()

  // It becomes Ready while adapters report, without another click.
  await page
    .getByText(/generation 2 began/)
    .first()
    .waitFor()
  await report(id, 'validation', 2)
  await report(id, 'dns', 2)
  await page.getByRole('row', { name: /^Reconciled True/ }).waitFor()

  await page.getByRole('tab', { name: 'Spec and generations' }).click()
  const difference = page.getByRole('row', { name: /\/spec\/region/ })
  t.match(await difference.innerText(), /Changed[\s\S]*"us-east1"[\s\S]*"eu-west1"/)

  await page.getByRole('tab', { name: 'Timeline' }).click()
  await page
    .getByRole('row', { name: /adapter dns/ })
    .first()
    .waitFor()

  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('button', { name: 'Remove by force' }).waitFor()
  const finalized = [...AVAILABLE, { type: 'Finalized', status: 'True' }]
  for (const adapter of ['validation', 'dns']) await report(id, adapter, 3, finalized)
  await page.getByRole('heading', { name: 'Removed' }).waitFor()

  t.same(elsewhere, [], 'the console asks nobody else')
  t.same(
    complaints.filter((line) => !/404|400/.test(line)),
    [],
    'the browser complains of nothing',
  )
})

t.test('10,000 rows', { skip }, async (t) => {
  const { api } = await fleetServer(t, 10_000)
  const { page } = await newPage(t, api)
  await page.goto(`${api}/console/list/Cluster`)
  await page.getByText('1–100 of 10,000').waitFor()
  const seen = new Set(await namesOn(page))
  for (let step = 1; step < 5; step++) {
    await page.getByRole('button', { name: 'Next page' }).click()
    await page.getByText(`${step * 100 + 1}–${step * 100 + 100} of 10,000`).waitFor()
    const names = await namesOn(page)
    t.equal(names.length, 100, 'the page holds no more rows than before')
    for (const name of names) seen.add(name)
  }
  t.equal(seen.size, 500, 'each page has others')
  await page.getByRole('button', { name: 'Name' }).click()
  await page.getByText('1–100 of 10,000').waitFor()
  await page.waitForURL(/order=name/)
  const sorted = await namesOn(page)
  t.same(sorted, [...sorted].sort())
})

const namesOn = async (page: Page) => {
  await page.locator('table[aria-busy=false]').waitFor()
  return page.locator('td[data-label=Name]').allInnerTexts()
}

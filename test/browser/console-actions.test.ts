/** The console in a browser: what can be done by it. */
import { execFileSync } from 'node:child_process'
import t from 'tap'
import { newPage, skip } from './chromium.ts'
import { fleetServer } from './console-server.ts'

t.test('actions', { skip }, async (t) => {
  const { api, create, call } = await fleetServer(t, 0)
  const { page, complaints } = await newPage(t, api)

  await t.test('create, with the violations of a draft before it is sent', async (t) => {
    await page.goto(`${api}/console/list/Cluster`)
    await page.getByRole('link', { name: 'Create' }).click()
    await page.getByLabel('Name').fill('Not a name')
    await page.getByText('The server would refuse it').waitFor()
    t.ok(await page.getByRole('button', { name: 'Create' }).isDisabled())
    await page.getByLabel('Name').fill('made-here')
    await page.getByLabel(/^Labels/).fill('environment=staging\nteam=core')
    await page.getByLabel('Spec (JSON)').fill('{"replicas": 3}')
    await page.getByText('The server would take it').waitFor()
    t.equal((await call('GET', 'clusters')).total, 0, 'a draft is not written')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { name: 'made-here' }).waitFor()
    const [made] = (await call('GET', "clusters?search=name='made-here'")).items
    t.match(made, { labels: { environment: 'staging', team: 'core' }, spec: { replicas: 3 } })
  })

  await t.test('an edit sends what was changed only, and never over the change of another', async (t) => {
    const id = await create('shared', { labels: { team: 'core' }, spec: { replicas: 1 } })
    await page.goto(`${api}/console/edit/Cluster/${id}`)
    await page.getByLabel('Spec (JSON)').fill('{"replicas": 2}')
    await page.getByText('The server would take it').waitFor()
    await call('PATCH', `clusters/${id}`, { labels: { team: 'other' } })
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'shared', exact: true }).waitFor()
    t.match(await call('GET', `clusters/${id}`), { labels: { team: 'other' }, spec: { replicas: 2 } })

    await page.goto(`${api}/console/edit/Cluster/${id}`)
    await page.getByLabel('Spec (JSON)').fill('{"replicas": 3}')
    await page.getByText('The server would take it').waitFor()
    await call('PATCH', `clusters/${id}`, { spec: { replicas: 9 } })
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('It was not written').waitFor()
    t.match(await call('GET', `clusters/${id}`), { spec: { replicas: 9 } })
  })

  await t.test('report as an adapter, with what it would amount to', async (t) => {
    const id = await create('reported')
    await page.goto(`${api}/console/resource/Cluster/${id}`)
    for (const adapter of ['validation', 'dns']) {
      await page.getByRole('button', { name: 'Report' }).click()
      await page
        .getByRole('dialog')
        .getByLabel(/^Adapter/)
        .fill(adapter)
      await page.getByText('After this report').waitFor()
      await page.getByRole('dialog').getByRole('button', { name: 'Report', exact: true }).click()
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    await page.getByRole('row', { name: /^Reconciled True/ }).waitFor()
    t.equal((await call('GET', `clusters/${id}/statuses`)).total, 2)
  })

  await t.test('remove by force, with a reason and the typed name', async (t) => {
    const id = await create('forced')
    await call('DELETE', `clusters/${id}`)
    await page.goto(`${api}/console/resource/Cluster/${id}`)
    await page.getByRole('button', { name: 'Remove by force' }).click()
    const dialog = page.getByRole('dialog')
    const button = dialog.getByRole('button', { name: 'Remove by force' })
    await dialog.getByLabel('Reason').fill('The account is gone')
    await dialog.getByLabel(/^Type the name/).fill('forge')
    t.ok(await button.isDisabled(), 'another name')
    await dialog.getByLabel(/^Type the name/).fill('forced')
    await button.click()
    await page.getByRole('heading', { name: 'Removed' }).waitFor()
    t.equal((await call('GET', "clusters?search=name='forced'")).total, 0)
  })

  await t.test('the call behind a page runs in a shell', async (t) => {
    await page.goto(`${api}/console/list/Cluster?search=${encodeURIComponent("name = 'it''s'")}`)
    await page.getByRole('button', { name: 'Same call in a shell' }).click()
    const command = await page.locator('.hf-curl pre').innerText()
    t.match(JSON.parse(execFileSync('sh', ['-c', command], { encoding: 'utf8' })), {
      kind: 'ClusterList',
      total: 0,
    })
    t.equal(
      await page.locator('.hf-hyperfleet pre').innerText(),
      `hyperfleet list cluster --search 'name = '\\''it'\\'''\\''s'\\''' --order 'created_time desc' --limit 100 --server ${api}`,
    )
  })
  t.same(
    complaints.filter((line) => !/40[0-9]/.test(line)),
    [],
  )
})

t.test('the search', { skip }, async (t) => {
  const { api, create } = await fleetServer(t, 0)
  for (const environment of ['production', 'staging'])
    await create(`in-${environment}`, { labels: { environment } })
  const { page } = await newPage(t, api)
  await page.goto(`${api}/console/list/Cluster`)
  const search = page.getByRole('combobox', { name: 'Search' })
  const words = page.getByRole('listbox', { name: 'Completions' })

  await t.test('is written by the keyboard alone, by completions', async (t) => {
    await search.focus()
    await page.keyboard.type('labels.env')
    for (const word of ['labels.environment', '=', "'staging'"]) {
      await words.getByRole('option', { name: word, exact: true }).waitFor()
      const names = await words.getByRole('option').allInnerTexts()
      for (let at = names.indexOf(word); at >= 0; at--) await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Enter')
    }
    t.equal((await search.inputValue()).trim(), "labels.environment = 'staging'")
    await page.getByText('1–1 of 1').waitFor()
    await page.getByRole('link', { name: 'in-staging' }).waitFor()
  })

  await t.test('tells what is wrong at its place', async (t) => {
    await search.fill('name = prod')
    await page.getByText(/put texts in quotes/).waitFor()
    t.equal(await page.locator('.hf-marked mark').innerText(), 'p')
    t.match(await page.locator('.hf-marked').innerText(), /^name = prod$/)
  })

  await t.test('follows what is created, changed and removed', async () => {
    await search.fill("labels.environment in ('production', 'test')")
    await page.getByText('1–1 of 1').waitFor()
    await create('in-test', { labels: { environment: 'test' } })
    await page.getByRole('link', { name: 'in-test' }).waitFor()
    await page.getByText('1–2 of 2').waitFor()
  })

  await t.test('is kept in the address', async (t) => {
    t.match(new URL(page.url()).searchParams.get('search'), /^labels.environment in/)
    await page.reload()
    await page.getByText('1–2 of 2').waitFor()
  })
})

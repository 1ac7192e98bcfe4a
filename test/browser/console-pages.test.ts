/** The console in a browser: what holds for each of its pages. */
import { createRequire } from 'node:module'
import t from 'tap'
import { execute } from '../databases.ts'
import { newPage, skip } from './chromium.ts'
import { FAILING, fleetServer } from './console-server.ts'

const HOSTILE = `<img src=x onerror="window.broken='yes'"><script>window.broken='yes'</script>`

t.test('hostile texts are texts everywhere', { skip }, async (t) => {
  const { api, url, create, report } = await fleetServer(t, 0)
  const id = await create('hostile', { spec: { [HOSTILE]: HOSTILE, list: [HOSTILE] } })
  await report(id, HOSTILE, 1, [
    { type: 'Available', status: 'False', reason: HOSTILE, message: HOSTILE },
    { type: 'Applied', status: 'True', message: HOSTILE },
    { type: 'Health', status: 'True' },
    { type: HOSTILE, status: 'True' },
  ])
  // Neither can be written by the API: only somebody who has the database could.
  await execute(
    url,
    'update resources set name = $1, labels = $2, label_pairs = label_pairs($2), created_by = $1',
    [HOSTILE, JSON.stringify({ [HOSTILE]: HOSTILE })],
  )
  const { page } = await newPage(t, api)
  for (const [path, text] of [
    ['', ''],
    ['list/Cluster', HOSTILE],
    [`list/Cluster?search=${encodeURIComponent(HOSTILE)}`, ''],
    ['adapters/Cluster', HOSTILE],
    [`resource/Cluster/${id}`, HOSTILE],
    [`resource/Cluster/${id}?tab=reports`, HOSTILE],
    [`resource/Cluster/${id}?tab=spec`, HOSTILE],
    [`resource/Cluster/${id}?tab=timeline`, ''],
    [`resource/Cluster/${id}?tab=related`, HOSTILE],
    [`edit/Cluster/${id}`, HOSTILE],
    [`resource/Cluster/${encodeURIComponent(HOSTILE)}`, ''],
  ] as const) {
    await page.goto(`${api}/console/${path}`)
    await page.getByRole('heading', { level: 1 }).or(page.getByText('not found')).first().waitFor()
    if (text) await page.getByText(text).first().waitFor()
    await page.waitForLoadState('load')
    t.equal(await page.evaluate('window.broken'), undefined, path)
    t.equal(await page.locator('img').count(), 0, path)
  }
})

t.test('the overview counts all resources by the values of a label', { skip }, async (t) => {
  const { api, create, report } = await fleetServer(t, 0)
  for (const name of ['aaa', 'bbb', 'ccc']) {
    const id = await create(name, { labels: { tier: '0' } })
    if (name === 'aaa') for (const adapter of ['validation', 'dns']) await report(id, adapter, 1)
  }
  await create('ddd', { labels: { tier: 'gold' } })
  await create('eee')
  const { page } = await newPage(t, api)
  await page.goto(`${api}/console/`)
  const rows = page.getByRole('grid', { name: 'Cluster by tier' }).locator('tbody tr')
  await rows.nth(2).waitFor()
  t.same(await rows.allInnerTexts(), ['0\t3\t2', 'gold\t1\t1', '(without it)\t1\t1'])
})

t.test('pages are accessible in both themes', { skip }, async (t) => {
  const { api, create, report, call } = await fleetServer(t, 0)
  const id = await create('ready', { labels: { environment: 'production' }, spec: { replicas: 3 } })
  for (const adapter of ['validation', 'dns']) await report(id, adapter, 1)
  await call('PATCH', `clusters/${id}`, { spec: { replicas: 4 } })
  const waiting = await create('waiting', { labels: { environment: 'staging' } })
  await report(waiting, 'dns', 1, FAILING)
  const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
  for (const colorScheme of ['light', 'dark'] as const) {
    // Chromium lets no test put a script into a page with this policy.
    const { page } = await newPage(t, api, { colorScheme, bypassCSP: true })
    const look = async (what: string) => {
      await page.addScriptTag({ path: axe })
      type Found = { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }
      const found = (await page.evaluate('axe.run()')) as { violations: Found[] }
      const serious = found.violations.filter(({ impact }) => ['serious', 'critical'].includes(impact))
      t.same(
        serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`),
        [],
        what,
      )
    }
    for (const [path, shown] of [
      ['', 'Cluster by label'],
      ['list/Cluster', '1–2 of 2'],
      ['list/Cluster?search=name%20%3D%20x', 'put texts in quotes'],
      ['list/NodePool', 'Nothing found'],
      ['adapters/Cluster', 'validation'],
      [`resource/Cluster/${waiting}`, 'Why'],
      [`resource/Cluster/${id}?tab=reports`, 'Reported'],
      [`resource/Cluster/${id}?tab=spec`, 'As it was at generation 2'],
      [`resource/Cluster/${id}?tab=timeline`, 'adapter dns'],
      [`resource/Cluster/${id}?tab=related`, 'NodePool below it'],
      ['create/Cluster', 'Spec (JSON)'],
      [`edit/Cluster/${id}`, 'Spec (JSON)'],
      ['nowhere', 'There is no such page'],
    ] as const) {
      await page.goto(`${api}/console/${path}`)
      await page.getByText(shown).first().waitFor()
      t.equal(await page.locator('html.pf-v6-theme-dark').count(), colorScheme === 'dark' ? 1 : 0)
      await look(`${colorScheme} ${path}`)
    }
    await page.goto(`${api}/console/resource/Cluster/${waiting}`)
    for (const action of ['Report', 'Delete']) {
      await page.getByRole('button', { name: action }).click()
      await page.getByRole('dialog').waitFor()
      await look(`${colorScheme} ${action}`)
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
  }
})

t.test('the first page is small, and its policy lets no script in', { skip }, async (t) => {
  const { api } = await fleetServer(t, 0)
  const { page } = await newPage(t, api)
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  let bytes = 0
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength
  })
  const answer = await page.goto(`${api}/console/`)
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await page.waitForLoadState('networkidle')
  t.comment(`the first page is ${Math.round(bytes / 1024)} KiB`)
  t.ok(bytes > 50_000 && bytes <= 350 * 1024, `${bytes} bytes, with the headers of answers`)
  const policy = answer?.headers()['content-security-policy'] ?? ''
  t.match(policy, /script-src 'self';/)
  t.notMatch(policy, /unsafe/)
  const script =
    "const s = document.createElement('script'); s.textContent = 'window.broken = 1'; document.body.append(s)"
  await page.evaluate(script)
  t.equal(await page.evaluate('window.broken'), undefined, 'the policy is obeyed')
})

t.test('by the keyboard alone', { skip }, async (t) => {
  const { api, create } = await fleetServer(t, 0)
  await create('reached')
  const { page } = await newPage(t, api)
  await page.goto(`${api}/console/`)
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  const focused = () => page.evaluate(`document.activeElement.textContent`) as Promise<string>
  const tabTo = async (text: string) => {
    for (let press = 0; press < 60; press++) {
      await page.keyboard.press('Tab')
      if ((await focused()) === text) return
    }
    t.fail(`the key Tab does not reach ${text}`)
  }
  await page.keyboard.press('Tab')
  t.equal(await focused(), 'Skip to the page', 'first')
  await tabTo('Cluster')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Cluster' }).waitFor()
  await tabTo('reached')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'reached' }).waitFor()
  await tabTo('Report')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
})

/**
 * Makes the pictures of docs/console.md: pages of the console on a small fleet, in both themes.
 *
 * Usage: npm run console:pictures
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { fail } from '../commands/main.ts'
import { startEmbedded } from '../server/embedded/embedded.ts'
import { CHROMIUM, FLAGS } from '../test/browser/chromium.ts'
import { FAILING, fleetServer } from '../test/browser/console-server.ts'
import { createTemplate } from '../test/databases.ts'
import { inScope, root, temporaryFolder } from '../test/processes.ts'

const CLUSTERS = 200
const folder = join(root, 'docs/images')

async function makePictures() {
  await mkdir(folder, { recursive: true })
  await inScope(async (scope) => {
    const postgres = await startEmbedded({ dir: join(await temporaryFolder(scope), 'postgres') })
    scope.teardown(() => postgres.stop())
    process.env.HYPERFLEET_TEST_SERVER = postgres.url
    await createTemplate(postgres.url)
    const { api, call, create, report } = await fleetServer(scope, CLUSTERS)
    const id = await create('my-cluster', {
      labels: { environment: 'production', region: 'us-east1' },
      spec: { region: 'us-east1', release: { version: '4.19.1' }, replicas: 3 },
    })
    for (const adapter of ['validation', 'dns']) await report(id, adapter, 1)
    await call('PATCH', `clusters/${id}`, {
      spec: { region: 'us-east1', release: { version: '4.19.2' }, replicas: 5 },
    })
    await report(id, 'dns', 2, FAILING)
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
    scope.teardown(() => browser.close())
    for (const [name, path, shown, colorScheme] of [
      ['console-overview', '', 'These wait for', 'light'],
      [
        'console-list',
        `list/Cluster?search=${encodeURIComponent("labels.environment = 'production'")}`,
        ' of ',
        'light',
      ],
      ['console-resource', `resource/Cluster/${id}`, 'Why', 'dark'],
      ['console-generations', `resource/Cluster/${id}?tab=spec`, '/spec/replicas', 'light'],
      ['console-adapters', 'adapters/Cluster', 'validation', 'dark'],
    ] as const) {
      const page = await browser.newPage({ viewport: { width: 1200, height: 720 }, colorScheme })
      await page.goto(`${api}/console/${path}`)
      await page.getByText(shown).first().waitFor()
      await page.waitForLoadState('load')
      await page.screenshot({ path: join(folder, `${name}.png`) })
      await page.close()
    }
  })
}

makePictures().then(() => process.exit(0), fail)
